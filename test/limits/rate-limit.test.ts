import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RateLimit } from '../../src/limits/rate-limit.js';

test('the quota may be used at once, and comes back steadily', () => {
  const limit = new RateLimit({ quota: 3, seconds: 60 });
  expect([0, 0, 0].map((now) => limit.take('a', now).remaining)).toEqual([2, 1, 0]);
  expect(limit.take('a', 1_000)).toMatchObject({ allowed: false, remaining: 0, resetSeconds: 59, againSeconds: 19 });
  expect(limit.take('a', 20_000)).toMatchObject({ allowed: true, remaining: 0, resetSeconds: 60 });
  expect(limit.take('a', 80_000)).toMatchObject({ allowed: true, remaining: 2, resetSeconds: 20 });
});

test('what is refused takes nothing', () => {
  const limit = new RateLimit({ quota: 1, seconds: 10 });
  limit.take('a', 0);
  for (let now = 0; now < 10_000; now += 100) expect(limit.take('a', now).allowed).toBe(false);
  expect(limit.take('a', 10_000).allowed).toBe(true);
});

test('each key has a quota of its own', () => {
  const limit = new RateLimit({ quota: 1, seconds: 60 });
  expect(['a', 'b', 'a'].map((key) => limit.take(key, 0).allowed)).toEqual([true, true, false]);
});

test('whoever comes when told to is let in, and never more than twice the quota in one window', () => {
  const policy = fc.record({ quota: fc.integer({ min: 1, max: 500 }), seconds: fc.integer({ min: 1, max: 600 }) });
  fc.assert(
    fc.property(policy, fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 300 }), (policy, gaps) => {
      const limit = new RateLimit(policy);
      const taken: number[] = [];
      let [now, again] = [0, Infinity];
      for (const gap of gaps) {
        now += gap;
        const { allowed, againSeconds } = limit.take('a', now);
        if (now >= again) expect(allowed).toBe(true);
        if (allowed) taken.push(now);
        again = allowed ? Infinity : Math.min(again, now + againSeconds * 1000);
      }
      for (const from of taken) {
        const within = taken.filter((time) => time >= from && time < from + policy.seconds * 1000);
        expect(within.length).toBeLessThanOrEqual(2 * policy.quota);
      }
    }),
  );
});

test('callers by the hundred thousand who come once are not remembered', () => {
  const limit = new RateLimit({ quota: 10, seconds: 1 });
  for (let caller = 0; caller < 200_000; caller++) limit.take(`caller ${caller}`, caller);
  expect(limit.size).toBeLessThan(5_000);
});
