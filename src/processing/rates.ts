import { type Work } from './estimate.js';

/** What was measured of a kind of work. */
export interface Rate {
  /** Seconds for an amount of 1. */
  readonly rate: number;
  /** Tasks that told of it, each counted as far as it did. */
  readonly evidence: number;
}

/** By kind. */
export type Rates = ReadonlyMap<string, Rate>;

/** What one task has taught of one kind. Lessons of several workers add up in any order: a rate is multiplied, evidence is added. */
export interface Lesson {
  readonly kind: string;
  /** Before it was learned from. */
  readonly rate: number;
  readonly factor: number;
  readonly evidence: number;
}

/** A factor on all work: how busy the machines are with other things just now. */
const machine = 'machine';

/** Before anything was measured: one core of 2024. */
const defaults: Readonly<Record<string, number>> = {
  task: 0.02,
  read: 0.015,
  'read heic': 0.1,
  'read pdf': 0.03,
  shrink: 0.008,
  resize: 0.015,
  rotate: 0.02,
  blur: 0.04,
  sharpen: 0.15,
  modulate: 0.2,
  watermark: 0.04,
  gamma: 0.015,
  tint: 0.015,
  normalise: 0.03,
  denoise: 0.1,
  deskew: 0.08,
  despeckle: 0.05,
  binarise: 0.06,
  trim: 0.03,
  ocr: 0.8,
  write: 0.06,
  'write jpeg': 0.012,
  'write pdf': 0.02,
  'write jpeg mozjpeg': 0.15,
  'write png palette': 0.25,
  'write tiff': 0.03,
  'write avif': 0.4,
  'write gif': 0.25,
  machine: 1,
  p90: 2,
};
/** Any other operation. */
const defaultRate = 0.008;

/** How far a single task may be off by chance: variance of the logarithm of its seconds. */
const noise = 0.1;
/** How far a rate may be from the truth before the first measurement: variance of its logarithm. */
const ignorance = 1;
/** Evidence counts up to so much: what is new always tells a little, for libraries change. */
const memory = 30;
/** Machines change all the time. */
const machineVariance = 0.02;
/** No task is believed to have taken more than so many times what was expected, or less: it was an accident. */
const surpriseMax = 10;

export function secondsOf(work: readonly Work[], rates: Rates): number {
  const sum = work.reduce((seconds, { kind, amount }) => seconds + amount * rateOf(kind, rates).rate, 0);
  return sum * rateOf(machine, rates).rate;
}

/** Of a kind never met, that of the next more general one: `write avif` for `write avif effort 9`. */
export function rateOf(kind: string, rates: Rates): Rate {
  const measured = rates.get(kind);
  if (measured !== undefined) return measured;
  for (let name = kind; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf(' ')))) {
    const rate = rates.get(name)?.rate ?? defaults[name];
    if (rate !== undefined) return { rate, evidence: 0 };
  }
  return { rate: defaultRate, evidence: 0 };
}

/**
 * How the rates have to change for work that took so long. Who is to blame is not known: each kind is, by its share in
 * what was expected and by how little is known of it. It is a Kalman filter on the logarithms of the rates, as if they
 * did not depend on each other.
 */
export function lessonsOf(work: readonly Work[], rates: Rates, seconds: number): Lesson[] {
  const expected = secondsOf(work, rates);
  const parts = [...Map.groupBy(work, ({ kind }) => kind)].map(([kind, same]) => {
    const { rate, evidence } = rateOf(kind, rates);
    const variance = 1 / (1 / ignorance + Math.min(evidence, memory) / noise);
    return { kind, rate, variance, share: secondsOf(same, rates) / expected };
  });
  parts.push({ kind: machine, rate: rateOf(machine, rates).rate, variance: machineVariance, share: 1 });
  const total = noise + parts.reduce((sum, { variance, share }) => sum + variance * share ** 2, 0);
  const surprise = Math.min(Math.max(seconds / expected, 1 / surpriseMax), surpriseMax);
  return parts.map(({ kind, rate, variance, share }) => {
    return { kind, rate, factor: surprise ** ((variance * share) / total), evidence: share ** 2 };
  });
}
