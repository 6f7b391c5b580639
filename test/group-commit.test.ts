import { describe, expect, test } from '@jest/globals';
import { GroupCommit } from '../src/database/group-commit.js';

/** A commit that ends when it is told to. */
function held() {
  const groups: { items: number[]; done: (error?: Error) => void }[] = [];
  const commit = new GroupCommit<number, number>(
    (items) =>
      new Promise((resolve, reject) => {
        groups.push({ items, done: (error) => (error ? reject(error) : resolve(items.map((item) => item * 10))) });
      }),
    { inFlightMax: 2, itemsMax: 3 },
  );
  return { groups, commit };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('group commit', () => {
  test('a lone item goes at once', async () => {
    const { groups, commit } = held();
    const result = commit.add(1);
    await turn();
    expect(groups.map(({ items }) => items)).toEqual([[1]]);
    groups[0]?.done();
    expect(await result).toBe(10);
  });

  test('what arrives while two statements are on their way shares the next, up to the limit', async () => {
    const { groups, commit } = held();
    const results = [commit.add(1)];
    await turn();
    results.push(commit.add(2));
    await turn();
    results.push(...[3, 4, 5, 6].map((item) => commit.add(item)));
    await turn();
    expect(groups.map(({ items }) => items)).toEqual([[1], [2]]);
    groups[0]?.done();
    await turn();
    expect(groups.map(({ items }) => items)).toEqual([[1], [2], [3, 4, 5]]);
    groups[1]?.done();
    await turn();
    groups[2]?.done();
    groups[3]?.done();
    expect(await Promise.all(results)).toEqual([10, 20, 30, 40, 50, 60]);
  });

  test('one bad item fails alone', async () => {
    const commit = new GroupCommit<number, number>((items) =>
      items.includes(2) ? Promise.reject(failure('22003')) : Promise.resolve(items),
    );
    const results = await Promise.allSettled([1, 2, 3].map((item) => commit.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('a lost connection fails the whole group: what was committed is not known', async () => {
    let statements = 0;
    const commit = new GroupCommit<number, number>(() => {
      statements += 1;
      return Promise.reject(failure('08006'));
    });
    const results = await Promise.allSettled([1, 2, 3].map((item) => commit.add(item)));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(statements).toBe(1);
  });
});
