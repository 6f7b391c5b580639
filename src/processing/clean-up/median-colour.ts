import { type Pixels } from '../native.js';
import { type Box } from './box.js';
import { quantileOf } from './histogram.js';

/** The middle value of each channel within some boxes of a page: most of a page of text is paper. */
export function medianColour({ data, width, channels }: Pixels, boxes: readonly Box[]): number[] {
  const counts = Array.from({ length: channels }, () => new Uint32Array(256));
  for (const { left, top, right, bottom } of boxes) {
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) count(counts, data, (y * width + x) * channels);
    }
  }
  return counts.map((of) => quantileOf(of, 0.5));
}

function count(counts: readonly Uint32Array[], data: Buffer, at: number): void {
  for (let channel = 0; channel < counts.length; channel += 1) {
    const value = data[at + channel] ?? 0;
    const of = counts[channel];
    if (of) of[value] = (of[value] ?? 0) + 1;
  }
}
