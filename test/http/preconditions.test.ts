import { expect, test } from '@jest/globals';
import { evaluate, type Verdict } from '../../src/http/preconditions.js';

const lastModified = new Date('2026-01-02T03:04:05.600Z');
const at = 'Fri, 02 Jan 2026 03:04:05 GMT';
const before = 'Thu, 01 Jan 2026 00:00:00 GMT';
const after = 'Sat, 03 Jan 2026 00:00:00 GMT';

/** RFC 9110 13.2.2, step by step. `etags` is what the resource has; none: it has no representation. */
test.each<[string, string, Record<string, string>, string[], Verdict]>([
  ['no precondition', 'GET', {}, ['"a"'], 'proceed'],
  ['If-Match holds', 'PUT', { 'if-match': '"x", "a"' }, ['"a"', '"b"'], 'proceed'],
  ['If-Match holds for another form', 'PUT', { 'if-match': '"b"' }, ['"a"', '"b"'], 'proceed'],
  ['If-Match fails', 'PUT', { 'if-match': '"x"' }, ['"a"'], 'failed'],
  ['If-Match compares strongly', 'PUT', { 'if-match': 'W/"a"' }, ['"a"'], 'failed'],
  ['If-Match * holds where there is something', 'PUT', { 'if-match': '*' }, ['"a"'], 'proceed'],
  ['If-Match * fails where there is nothing', 'PUT', { 'if-match': '*' }, [], 'failed'],
  ['If-Match counts for GET too', 'GET', { 'if-match': '"x"' }, ['"a"'], 'failed'],
  ['If-Unmodified-Since holds', 'PUT', { 'if-unmodified-since': at }, ['"a"'], 'proceed'],
  ['If-Unmodified-Since fails', 'PUT', { 'if-unmodified-since': before }, ['"a"'], 'failed'],
  [
    'If-Unmodified-Since is ignored beside If-Match',
    'PUT',
    { 'if-match': '"a"', 'if-unmodified-since': before },
    ['"a"'],
    'proceed',
  ],
  ['a date that is no HTTP-date is ignored', 'PUT', { 'if-unmodified-since': '1' }, ['"a"'], 'proceed'],
  ['a date that is none is ignored', 'PUT', { 'if-unmodified-since': 'yesterday' }, ['"a"'], 'proceed'],
  ['If-None-Match matches on GET', 'GET', { 'if-none-match': '"a"' }, ['"a"'], 'not-modified'],
  ['If-None-Match compares weakly', 'HEAD', { 'if-none-match': 'W/"a"' }, ['"a"'], 'not-modified'],
  ['If-None-Match matches on PUT', 'PUT', { 'if-none-match': '"a"' }, ['"a"'], 'failed'],
  ['If-None-Match * fails where there is something', 'PUT', { 'if-none-match': '*' }, ['"a"'], 'failed'],
  ['If-None-Match * holds where there is nothing', 'PUT', { 'if-none-match': '*' }, [], 'proceed'],
  ['If-Modified-Since: not modified', 'GET', { 'if-modified-since': at }, ['"a"'], 'not-modified'],
  ['If-Modified-Since: not modified since later', 'GET', { 'if-modified-since': after }, ['"a"'], 'not-modified'],
  ['If-Modified-Since: modified', 'GET', { 'if-modified-since': before }, ['"a"'], 'proceed'],
  [
    'If-Modified-Since is ignored beside If-None-Match',
    'GET',
    { 'if-none-match': '"x"', 'if-modified-since': at },
    ['"a"'],
    'proceed',
  ],
  ['If-Modified-Since is ignored on PUT', 'PUT', { 'if-modified-since': at }, ['"a"'], 'proceed'],
  [
    'If-Match is looked at before If-None-Match',
    'GET',
    { 'if-match': '"x"', 'if-none-match': '"a"' },
    ['"a"'],
    'failed',
  ],
  ['both hold', 'GET', { 'if-match': '"a"', 'if-none-match': '"a"' }, ['"a"'], 'not-modified'],
  ['a list that is no list matches nothing', 'GET', { 'if-none-match': 'a, b' }, ['"a"'], 'proceed'],
])('%s', (_name, method, headers, etags, verdict) => {
  expect(evaluate(method, headers, { etags, lastModified })).toBe(verdict);
});
