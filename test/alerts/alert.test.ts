import { describe, expect, test } from '@jest/globals';
import { type Attempted, delayAfter, isSecret, verdictOf } from '../../src/alerts/alert.js';

const now = new Date('2026-03-01T12:00:00Z');
const attempt = (status?: number, more: Partial<Attempted> = {}): Attempted => ({ status, durationMs: 1, ...more });

test.each([
  [attempt(200), 'delivered'],
  [attempt(204), 'delivered'],
  [attempt(299), 'delivered'],
  [attempt(301), 'again'],
  [attempt(302), 'again'],
  [attempt(400), 'again'],
  [attempt(404), 'again'],
  [attempt(410), 'gone'],
  [attempt(429), 'again'],
  [attempt(500), 'again'],
  [attempt(undefined, { failure: 'timeout' }), 'again'],
  // An answer that began well and could not be read.
  [attempt(200, { failure: 'too-large' }), 'again'],
])('what a receiver answers: %j is %s', (attempted, verdict) => {
  expect(verdictOf(attempted)).toBe(verdict);
});

describe('the schedule', () => {
  const schedule = [5, 300, 1800];
  const delay = (attempted: Attempted, failures: number, random = 0.5): number | null =>
    delayAfter(attempted, schedule, failures, { random, now });

  test('gives each failure its delay, and ends', () => {
    expect([1, 2, 3, 4].map((failures) => delay(attempt(500), failures))).toEqual([5, 300, 1800, null]);
  });

  test('varies by a tenth to either side', () => {
    expect([delay(attempt(500), 2, 0), delay(attempt(500), 2, 1)]).toEqual([270, 330]);
  });

  test('gives a receiver the time that it asks for, but not for ever', () => {
    expect(delay(attempt(503, { retryAfter: '60' }), 1)).toBe(60);
    expect(delay(attempt(429, { retryAfter: 'Sun, 01 Mar 2026 12:10:00 GMT' }), 1)).toBe(600);
    expect(delay(attempt(503, { retryAfter: '2' }), 1)).toBe(5);
    expect(delay(attempt(503, { retryAfter: '99999999' }), 1)).toBe(86_400);
    expect(delay(attempt(503, { retryAfter: 'soon' }), 1)).toBe(5);
    expect(delay(attempt(500, { retryAfter: '60' }), 1)).toBe(5);
    // The last try is the last.
    expect(delay(attempt(503, { retryAfter: '60' }), 4)).toBeNull();
  });
});

test.each([
  [`whsec_${Buffer.alloc(24, 1).toString('base64')}`, true],
  [`whsec_${Buffer.alloc(64, 1).toString('base64')}`, true],
  [`whsec_${Buffer.alloc(23, 1).toString('base64')}`, false],
  [`whsec_${Buffer.alloc(65, 1).toString('base64')}`, false],
  [Buffer.alloc(24, 1).toString('base64'), false],
  ['whsec_', false],
  ['whsec_not base64 at all, but long enough to be one', false],
])('%s is a secret: %s', (secret, expected) => {
  expect(isSecret(secret)).toBe(expected);
});
