import { expect, test } from '@jest/globals';
import { EntityManager } from 'typeorm';
import { SharedLook } from '../src/database/shared-look.js';
import { dataSource } from '../src/database/data-source.js';

const tx = new EntityManager(dataSource('postgres://localhost/none', 'test'));

/** Looks that end when they are told to. */
function looks() {
  const ends: ((seen: string) => void)[] = [];
  const look = (): Promise<string> => new Promise((resolve) => ends.push(resolve));
  return { shared: new SharedLook<string>(), look, ends };
}

test('those who look at the same time look once, and later ones again', async () => {
  const { shared, look, ends } = looks();
  const both = Promise.all([shared.of(undefined, look), shared.of(undefined, look)]);
  ends[0]?.('first');
  expect(await both).toEqual(['first', 'first']);
  const again = shared.of(undefined, look);
  ends[1]?.('second');
  expect([await again, ends.length]).toEqual(['second', 2]);
});

test('whoever holds a connection does not wait for a look that is yet to get one', async () => {
  const { shared, look, ends } = looks();
  const without = shared.of(undefined, look);
  const within = shared.of(tx, look);
  ends[1]?.('with a connection');
  expect(await within).toBe('with a connection');
  ends[0]?.('without one');
  expect(await without).toBe('without one');
});

test('anybody may wait for a look that has its connection', async () => {
  const { shared, look, ends } = looks();
  const all = Promise.all([shared.of(tx, look), shared.of(undefined, look), shared.of(tx, look)]);
  ends[0]?.('seen');
  expect([await all, ends.length]).toEqual([['seen', 'seen', 'seen'], 1]);
});

test('a look that fails is told to those who wait for it, and to nobody else', async () => {
  const { shared, ends, look } = looks();
  await expect(shared.of(tx, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  const again = shared.of(tx, look);
  ends[0]?.('back');
  expect(await again).toBe('back');
});
