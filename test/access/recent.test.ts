import { expect, test } from '@jest/globals';
import { Recent } from '../../src/access/recent.js';

/** Counts how often it was asked, and answers with that. */
function counting() {
  let count = 0;
  const ask = () => Promise.resolve((count += 1));
  return { ask, count: () => count };
}

test('an answer serves for as long as it is fresh, counted from its question', async () => {
  const recent = new Recent<number>(500, 10);
  const { ask } = counting();
  expect([await recent.of('a', 0, ask), await recent.of('a', 499, ask), await recent.of('a', 500, ask)]).toEqual([
    1, 1, 2,
  ]);
});

test('whoever asks meanwhile waits for the same answer', async () => {
  const recent = new Recent<number>(500, 10);
  const { ask, count } = counting();
  expect(await Promise.all([recent.of('a', 0, ask), recent.of('a', 1, ask), recent.of('b', 1, ask)])).toEqual([
    1, 1, 2,
  ]);
  expect(count()).toBe(2);
});

test('a failure is told to those who wait for it, and to nobody later', async () => {
  const recent = new Recent<number>(500, 10);
  const fail = () => Promise.reject(new Error('away'));
  const both = [recent.of('a', 0, fail), recent.of('a', 0, fail)];
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await recent.of('a', 0, counting().ask)).toBe(1);
});

test('no more is remembered than was agreed, and what was forgotten is asked for again', async () => {
  const recent = new Recent<number>(500, 2);
  const { ask } = counting();
  for (const name of ['a', 'b', 'c']) await recent.of(name, 0, ask);
  expect([await recent.of('c', 0, ask), await recent.of('b', 0, ask), await recent.of('a', 0, ask)]).toEqual([3, 2, 4]);
  recent.forget('a');
  expect(await recent.of('a', 0, ask)).toBe(5);
});
