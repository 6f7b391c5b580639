import { describe, expect, test } from '@jest/globals';
import { workOf } from '../../src/processing/estimate.js';
import { lessonsOf, rateOf, type Rates, secondsOf } from '../../src/processing/rates.js';

const photograph = { mediaType: 'image/jpeg', width: 4000, height: 3000, pages: 1 };
const drawing = { mediaType: 'image/png', width: 1000, height: 1000, pages: 1 };
const animation = { mediaType: 'image/gif', width: 100, height: 100, pages: 20 };
const task = { kind: 'task', amount: 1 };

describe('the work of a task', () => {
  test('follows the size through the operations', () => {
    const operations = [
      { operation: 'rotate', angle: 90 },
      { operation: 'crop', left: 0, top: 0, width: 500, height: 800 },
      { operation: 'resize', width: 250 },
      { operation: 'grayscale' },
      { operation: 'convert', format: 'webp' },
    ];
    expect(workOf({ ...drawing, height: 500 }, operations)).toEqual([
      task,
      { kind: 'read png', amount: 0.5 },
      { kind: 'rotate', amount: 0.5 },
      { kind: 'crop', amount: 0.5 },
      { kind: 'resize', amount: 0.4 },
      { kind: 'grayscale', amount: 0.1 },
      { kind: 'write webp', amount: 0.1 },
    ]);
  });

  test('counts what an operation makes where that is more than it takes in', () => {
    expect(workOf(drawing, [{ operation: 'resize', width: 3000 }])).toEqual([
      task,
      { kind: 'read png', amount: 1 },
      { kind: 'resize', amount: 9 },
      { kind: 'write png', amount: 9 },
    ]);
  });

  test('is one thing where a JPEG is shrunk while it is read', () => {
    const shrunk = [{ operation: 'autorotate' }, { operation: 'resize', width: 2000 }];
    expect(workOf(photograph, shrunk)).toEqual([
      task,
      { kind: 'shrink jpeg', amount: 12 },
      { kind: 'autorotate', amount: 12 },
      { kind: 'write jpeg', amount: 3 },
    ]);
    const cropped = [{ operation: 'flip' }, { operation: 'resize', width: 1000 }];
    expect(workOf(photograph, cropped).map(({ kind }) => kind)).toEqual([
      'task',
      'read jpeg',
      'flip',
      'resize',
      'write jpeg',
    ]);
  });

  test('counts the pages that are carried along', () => {
    expect(workOf(animation, [{ operation: 'flip' }]).map(({ amount }) => amount)).toEqual([1, 0.2, 0.2, 0.2]);
    const still = [{ operation: 'flip' }, { operation: 'convert', format: 'png' }];
    expect(workOf(animation, still).map(({ amount }) => amount)).toEqual([1, 0.01, 0.01, 0.01]);
  });

  test('names how hard the last conversion tries', () => {
    const operations = [
      { operation: 'convert', format: 'png' },
      { operation: 'convert', format: 'avif', effort: 9, lossless: true },
    ];
    expect(workOf(drawing, operations).at(-1)).toEqual({ kind: 'write avif lossless effort 9', amount: 1 });
  });

  test('goes on with the size as it is where an operation cannot be done', () => {
    const outside = { operation: 'crop', left: 900, top: 0, width: 500, height: 10 };
    expect(workOf(drawing, [outside]).at(-1)).toEqual({ kind: 'write png', amount: 1 });
  });

  test('is nothing to speak of where there is no image', () => {
    expect(workOf(null, [{ operation: 'flip' }])).toEqual([task]);
  });
});

describe('a rate', () => {
  test('that was never measured is that of the next more general kind, or a default', () => {
    const rates: Rates = new Map([['write avif', { rate: 2, evidence: 5 }]]);
    expect(rateOf('write avif', rates)).toEqual({ rate: 2, evidence: 5 });
    expect(rateOf('write avif effort 9', rates)).toEqual({ rate: 2, evidence: 0 });
    for (const kind of ['read jpeg', 'write qoi', 'solarise']) {
      expect(rateOf(kind, rates).evidence).toBe(0);
      expect(rateOf(kind, rates).rate).toBeGreaterThan(0);
    }
  });
});

describe('learning', () => {
  const work = workOf(drawing, [
    { operation: 'resize', width: 500 },
    { operation: 'convert', format: 'webp' },
  ]);
  /** What the database makes of lessons. */
  const after = (rates: Rates, seconds: number, of = work): Rates => {
    const next = new Map(rates);
    for (const { kind, rate, factor, evidence } of lessonsOf(of, rates, seconds)) {
      const known = rates.get(kind) ?? { rate, evidence: 0 };
      next.set(kind, { rate: known.rate * factor, evidence: known.evidence + evidence });
    }
    return next;
  };
  const none: Rates = new Map();

  test('teaches nothing where it went as expected', () => {
    for (const { factor } of lessonsOf(work, none, secondsOf(work, none))) expect(factor).toBeCloseTo(1);
  });

  test('comes near what the same work takes, from above and from below, in a handful of tasks', () => {
    for (const times of [5, 1 / 5]) {
      const seconds = secondsOf(work, none) * times;
      let rates = none;
      for (let count = 0; count < 8; count += 1) rates = after(rates, seconds);
      expect(secondsOf(work, rates) / seconds).toBeGreaterThan(0.9);
      expect(secondsOf(work, rates) / seconds).toBeLessThan(1.1);
    }
  });

  test('tells kinds apart that come in different mixtures', () => {
    const truth: Rates = new Map(
      Object.entries({ task: 0.05, 'read png': 0.08, resize: 0.004, 'write png': 0.3, 'write webp': 0.02 }).map(
        ([kind, rate]) => [kind, { rate, evidence: 0 }],
      ),
    );
    const mixtures = [100, 400, 900].flatMap((width) =>
      ['png', 'webp'].map((format) =>
        workOf(drawing, [
          { operation: 'resize', width },
          { operation: 'convert', format },
        ]),
      ),
    );
    let rates = none;
    for (let round = 0; round < 60; round += 1)
      for (const mixture of mixtures) rates = after(rates, secondsOf(mixture, truth), mixture);
    for (const mixture of mixtures) {
      expect(secondsOf(mixture, rates) / secondsOf(mixture, truth)).toBeGreaterThan(0.85);
      expect(secondsOf(mixture, rates) / secondsOf(mixture, truth)).toBeLessThan(1.15);
    }
  });

  test('blames what little is known of, rather than what was measured often', () => {
    const rates: Rates = new Map(
      work.filter(({ kind }) => kind !== 'write webp').map(({ kind }) => [kind, { rate: 0.02, evidence: 50 }]),
    );
    const factors = new Map(lessonsOf(work, rates, 1).map(({ kind, factor }) => [kind, factor]));
    expect(factors.get('write webp')).toBeGreaterThan(2);
    // The machine may be busy, too.
    expect(factors.get('machine')).toBeLessThan(1.5);
    for (const kind of ['task', 'read png', 'resize']) expect(factors.get(kind)).toBeLessThan(1.1);
  });

  test('believes no accident: rates stay positive and finite whatever comes', () => {
    for (const seconds of [0, 1e-9, 1e9]) {
      let rates = none;
      for (let count = 0; count < 20; count += 1) rates = after(rates, seconds);
      for (const { rate } of rates.values()) expect(rate > 0 && Number.isFinite(rate)).toBe(true);
    }
  });
});
