import { type Plane, type Samples } from './plane.js';

/** The median of absolute values of normally distributed noise, in standard deviations. */
const medianOfNormal = 0.6745;
/** What the mask makes of a deviation of 1: the root of the sum of its squares. */
const maskGain = 6;

/** The largest answer of the mask: 8 times the range of what is measured, that of three channels together. */
const answerMax = 8 * 3 * 255;

/**
 * Standard deviation of a page's noise, 0 to 255: J. Immerkær, "Fast noise variance estimation" (1996), whose mask answers neither to
 * evenness nor to straight edges; by the median rather than the mean, so that print counts for little.
 */
export function noiseOf(light: Plane): number {
  return noiseIn([light]);
}

/** The same of a page that comes in strips, in the units of its samples. */
export function noiseIn(strips: Iterable<Samples>): number {
  const counts = new Uint32Array(answerMax + 1);
  for (const strip of strips) countAnswers(counts, strip);
  return middle(counts) / (medianOfNormal * maskGain);
}

function countAnswers(counts: Uint32Array, { data, width, height }: Samples): void {
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at += 1) {
      const answer = cross(data, at - width) - 2 * cross(data, at) + cross(data, at + width);
      const size = answer < 0 ? -answer : answer;
      counts[size] = (counts[size] ?? 0) + 1;
    }
  }
}

/** 1, -2, 1 along a row. */
function cross(data: Samples['data'], at: number): number {
  return (data[at - 1] ?? 0) - 2 * (data[at] ?? 0) + (data[at + 1] ?? 0);
}

/** The median of whole numbers that were counted, between them by interpolation. */
function middle(counts: Uint32Array): number {
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  let below = 0;
  for (const [value, count] of counts.entries()) {
    if (count > 0 && below + count > half) return Math.max(0, value - 0.5 + (half - below) / count);
    below += count;
  }
  return 0;
}
