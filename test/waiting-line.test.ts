import { describe, expect, test } from '@jest/globals';
import { WaitingLine, waterLevel } from '../src/tasks/waiting-line.js';

describe('the water level', () => {
  test.each([
    [[0], 5, 5],
    [[0, 0], 5, 2.5],
    [[0, 4], 3, 3],
    [[0, 4], 6, 5],
    [[4, 1, 2], 0, 1],
    [[4, 1, 2], 1, 2],
    [[4, 1, 2], 5, 4],
    [[4, 1, 2], 8, 5],
  ])('over %j is, for %d poured on, %d', (ground, water, level) => {
    expect(waterLevel(ground, water)).toBeCloseTo(level);
  });
});

describe('the waiting line', () => {
  const empty = { slots: 2, running: [], waiting: [] };

  test('has nobody wait while a slot is free', () => {
    const line = new WaitingLine(empty, 100);
    expect(line.join('a', 3, 100)).toEqual({ ahead: 0, wait: 0 });
    expect(line.join('a', 1, 100)).toEqual({ ahead: 1, wait: 0 });
    expect(line.join('a', 1, 100)).toEqual({ ahead: 2, wait: 1 });
    expect(line.join('a', 1, 100)).toEqual({ ahead: 3, wait: 2 });
    // Two of them are over by then.
    expect(line.join('a', 1, 102.5)).toEqual({ ahead: 2, wait: 0.5 });
  });

  test('is as it was when somebody who joined it does not come', () => {
    const line = new WaitingLine(empty, 100);
    const places = [line.join('a', 3, 100), line.join('a', 3, 100), line.join('a', 1, 100)];
    line.leave('a', 1);
    expect(line.join('a', 1, 100)).toEqual(places[2]);
    // Two who have ended, and nobody else.
    line.leave('a', 1);
    expect(line.join('a', 1, 104)).toEqual({ ahead: 0, wait: 0 });
    line.leave('a', 1);
    expect(line.join('a', 1, 104)).toEqual({ ahead: 0, wait: 0 });
  });

  test('has nobody ahead of those who come when all is expected to be done', () => {
    const running = [{ elapsed: 1, estimate: 3 }];
    const line = new WaitingLine({ slots: 1, running, waiting: [{ owner: 'a', tasks: 4, work: 8 }] }, 0);
    expect([
      line.join('a', 1, 0),
      line.join('a', 1, 5).ahead,
      line.join('a', 1, 11).ahead,
      line.join('a', 1, 20),
    ]).toEqual([
      { ahead: 5, wait: 10 },
      // Of the four the second, which runs, and two more; and who has joined.
      4,
      1,
      { ahead: 0, wait: 0 },
    ]);
  });

  test('counts what runs by what is left of it, and what waits by what it is', () => {
    const running = [
      { elapsed: 3, estimate: 4 },
      { elapsed: 0, estimate: 2 },
    ];
    expect(new WaitingLine({ ...empty, running }, 0).join('a', 1, 0)).toEqual({ ahead: 2, wait: 1 });
    expect(
      new WaitingLine({ ...empty, running, waiting: [{ owner: 'a', tasks: 4, work: 5 }] }, 0).join('a', 1, 0),
    ).toEqual({ ahead: 6, wait: 3.5 });
  });

  test('has a little to come of what takes longer than expected', () => {
    const running = [{ elapsed: 60, estimate: 10 }];
    expect(new WaitingLine({ ...empty, slots: 1, running }, 0).join('a', 1, 0)).toEqual({ ahead: 1, wait: 2 });
  });

  test('has those next that a worker took and does not work on yet', () => {
    const running = [
      { elapsed: 1, estimate: 3 },
      { elapsed: 1, estimate: 3 },
    ];
    expect(new WaitingLine({ ...empty, slots: 1, running }, 0).join('a', 1, 0)).toEqual({ ahead: 2, wait: 5 });
  });

  test('counts on one slot where no worker is alive', () => {
    const line = new WaitingLine({ ...empty, slots: 0, waiting: [{ owner: 'a', tasks: 1, work: 7 }] }, 0);
    expect([line.join('a', 2, 0), line.join('a', 2, 0)]).toEqual([
      { ahead: 1, wait: 7 },
      { ahead: 2, wait: 9 },
    ]);
  });

  describe('of several owners', () => {
    const seen = (waiting: [owner: string, tasks: number, work: number][], slots = 1) => {
      // One that runs keeps the others waiting.
      const running = Array.from({ length: slots }, () => ({ elapsed: 0, estimate: 1 }));
      return { slots, running, waiting: waiting.map(([owner, tasks, work]) => ({ owner, tasks, work })) };
    };

    test('has one task of each before the first of another, whatever they have', () => {
      const line = new WaitingLine(
        seen([
          ['a', 10_000, 10_000],
          ['b', 3, 3],
        ]),
        0,
      );
      expect(line.join('c', 1, 0)).toEqual({ ahead: 3, wait: 3 });
      expect(line.join('c', 1, 0)).toEqual({ ahead: 6, wait: 6 });
      // b has no more than three: from here on a and c take turns.
      for (const place of [9, 11, 13]) expect(line.join('c', 1, 0)).toEqual({ ahead: place, wait: place });
    });

    test('has whoever has many behind all that others have', () => {
      const line = new WaitingLine(
        seen(
          [
            ['a', 1000, 2000],
            ['b', 3, 3],
          ],
          2,
        ),
        0,
      );
      const { ahead, wait } = line.join('a', 1, 0);
      expect(ahead).toBe(1005);
      expect(wait).toBeCloseTo((2 + 2000 + 3) / 2, 0);
    });

    test('is the same for one as long as no more is in front of it', () => {
      const line = new WaitingLine(seen([['a', 2, 2]]), 0);
      const first = line.join('b', 1, 0);
      for (let n = 0; n < 100; n++) line.join('a', 1, 0);
      line.leave('b', 1);
      expect(line.join('b', 1, 0)).toEqual(first);
    });

    test('gives turns as time passes', () => {
      const line = new WaitingLine(
        seen([
          ['a', 3, 3],
          ['b', 3, 3],
        ]),
        0,
      );
      // At 2.5 the first of a is done, and that of b is on: both have two left, and a is next.
      expect(line.join('c', 1, 2.5)).toEqual({ ahead: 3, wait: 2.5 });
    });

    test('tells the same of many, taken all together, as of few, one by one', () => {
      const waits = [60, 70].map((tasks) => new WaitingLine(seen([['a', tasks, tasks]], 3), 0).join('a', 1, 0).wait);
      expect(waits[0]).toBe(21);
      expect(waits[1]).toBeCloseTo(24.3, 1);
    });
  });
});
