import { type Pixels } from '../native.js';
import { type Box } from './box.js';

/** The middle value of each channel within some boxes of a page: most of a page of text is paper. */
export function medianColour({ data, width, channels }: Pixels, boxes: readonly Box[]): number[] {
  const counts = Array.from({ length: channels }, () => new Uint32Array(256));
  for (const { left, top, right, bottom } of boxes) {
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) count(counts, data, (y * width + x) * channels);
    }
  }
  return counts.map(median);
}

function count(counts: readonly Uint32Array[], data: Buffer, at: number): void {
  for (let channel = 0; channel < counts.length; channel += 1) {
    const value = data[at + channel] ?? 0;
    const of = counts[channel];
    if (of) of[value] = (of[value] ?? 0) + 1;
  }
}

function median(counts: Uint32Array): number {
  const total = counts.reduce((sum, each) => sum + each, 0);
  let below = 0;
  return Math.max(
    0,
    counts.findIndex((each) => (below += each) * 2 >= total),
  );
}
