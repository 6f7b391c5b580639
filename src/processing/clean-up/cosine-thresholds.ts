import { side, toFrequencies, toPixels } from './cosine-transform.js';
import { type Samples } from './plane.js';

/** Pixels from one block to the next: each pixel is in sixteen blocks. */
const stride = 2;
/** Deviations of the noise. What is weaker than this is likelier noise than print. */
const thresholdFactor = 2.7;

/**
 * Of every block only the frequencies that stand out from the noise: strokes do, grain has a little of all. G. Yu and G. Sapiro, "DCT
 * image denoising: a simple and effective image denoising algorithm" (2011); blocks that need few frequencies count for more, after
 * O. Guleryuz, "Weighted averaging for denoising with overcomplete dictionaries" (2007).
 * @param deviation of the noise
 */
export function withoutGrain({ data, width, height }: Samples, deviation: number): Float32Array {
  const sums = new Float32Array(data.length);
  const weights = new Float32Array(data.length);
  const block = new Float32Array(side * side);
  for (const top of placesAlong(height)) {
    for (const left of placesAlong(width)) {
      const from = top * width + left;
      take(block, data, from, width);
      toFrequencies(block);
      const kept = keepStrong(block, thresholdFactor * deviation);
      // Most of a page is paper, of which nothing but the mean is left.
      if (kept === 1) block.fill((block[0] ?? 0) / side);
      else toPixels(block);
      give(sums, weights, block, 1 / kept, from, width);
    }
  }
  return sums.map((sum, at) => sum / (weights[at] ?? 1));
}

/** Where blocks begin; the last ends with the line. None where it is shorter than a block. */
function placesAlong(length: number): number[] {
  const last = length - side;
  if (last < 0) return [];
  return [...Array.from({ length: Math.ceil(last / stride) }, (_, index) => index * stride), last];
}

function take(block: Float32Array, data: Samples['data'], from: number, width: number): void {
  for (let row = 0, to = 0; row < side; row += 1) {
    for (let at = from + row * width, end = at + side; at < end; at += 1, to += 1) block[to] = data[at] ?? 0;
  }
}

/** How many are left; the first, which is the mean, always is. */
function keepStrong(block: Float32Array, threshold: number): number {
  let kept = 1;
  for (let at = 1; at < block.length; at += 1) {
    const value = block[at] ?? 0;
    if (value < threshold && value > -threshold) block[at] = 0;
    else kept += 1;
  }
  return kept;
}

function give(
  sums: Float32Array,
  weights: Float32Array,
  block: Float32Array,
  weight: number,
  from: number,
  width: number,
): void {
  for (let row = 0, of = 0; row < side; row += 1) {
    for (let at = from + row * width, end = at + side; at < end; at += 1, of += 1) {
      sums[at] = (sums[at] ?? 0) + weight * (block[of] ?? 0);
      weights[at] = (weights[at] ?? 0) + weight;
    }
  }
}
