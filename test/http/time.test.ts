import { expect, test } from '@jest/globals';
import { httpDate, rfc3339Time } from '../../src/http/time.js';

test.each([
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02t03:04:05.678z', '2026-01-02T03:04:05.678Z'],
  ['2026-01-02T03:04:05+02:00', '2026-01-02T01:04:05.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
])('%s is a time of RFC 3339', (text, expected) => {
  expect(rfc3339Time(text)?.toISOString()).toBe(expected);
});

test.each([
  ...['2026-01-02', '2026-01-02 03:04:05Z', '2026-01-02T03:04:05', '2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z'],
  ...['2026-01-02T24:00:00Z', '-271821-04-20T00:00:00Z', '+275760-09-13T00:00:00Z', '0000-01-01T00:00:00Z', '5', ''],
  ...['9999-12-31T23:59:59-00:01', '0001-01-01T00:00:00+00:01'],
])('%s is none', (text) => {
  expect(rfc3339Time(text)).toBeUndefined();
});

test.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
  '%s is an HTTP-date (RFC 9110 5.6.7)',
  (field) => {
    expect(httpDate(field)?.toISOString()).toBe('1994-11-06T08:49:37.000Z');
  },
);

test.each(['1', '1994-11-06T08:49:37Z', 'Sun, 06 Nov 1994 08:49:37 +0000', 'Sun, 06 Nov 1994 28:49:37 GMT', ''])(
  '%s is none',
  (field) => {
    expect(httpDate(field)).toBeUndefined();
  },
);
