import { expect, test } from '@jest/globals';
import { parseJson } from '../../src/http/json.js';

const nested = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

test.each([
  [nested(32), 'nested as deep as is taken'],
  ['{"a":{"b":1},"b":[{"a":1},{"a":2}]}', 'the same name in several objects'],
  ['{"a":"\\"a\\": {","b":"a"}', 'what looks like a name in a string'],
  ['["\\ud83d\\ude00"]', 'a pair of surrogates'],
  [`["${'x\\n'.repeat(340_000)}"]`, 'a long string'],
])('%.40s is taken: %s', (text) => {
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

test.each([
  ['{', 'malformed-body'],
  [nested(33), 'malformed-body'],
  [nested(500_000), 'malformed-body'],
  ['{"a":1,"a":1}', 'malformed-body'],
  ['[{"a":1,"\\u0061":1}]', 'malformed-body'],
  ['{"a":{"a":1},"b":1,"a":1}', 'malformed-body'],
  ['["\\udc00"]', 'malformed-body'],
  ['{"\\ud800":1}', 'malformed-body'],
  ['{"a":[{"__proto__":1}]}', 'unknown-member'],
  ['{"constructor":1}', 'unknown-member'],
  ['{"prototype":1}', 'unknown-member'],
  ['{"toString":1}', 'unknown-member'],
  ['{"a":{"hasOwnProperty":1}}', 'unknown-member'],
  ['{"a":"\\u0000"}', 'invalid-member'],
  ['{"\\u0000":1}', 'invalid-member'],
  ['[-1e400]', 'invalid-member'],
])('%.40s is refused: %s', (text, slug) => {
  expect(() => parseJson(text)).toThrow(expect.objectContaining({ slug }));
});

test('an object with more members than any request needs is refused at once', () => {
  const many = JSON.stringify(Object.fromEntries(Array.from({ length: 70_000 }, (_, index) => [`m${index}`, 1])));
  expect(() => parseJson(many)).toThrow('more than 200 members');
  expect(() => parseJson(`{"operations":[${many}]}`)).toThrow('more than 200 members');
});
