import { type OperationCall } from './operation.js';

/** Seconds that work costs: a fixed part, and a part for each megapixel of the input. */
export interface Cost {
  fixed: number;
  perMegapixel: number;
}

/** Decoding, on one core of 2024. */
const decoding: Cost = { fixed: 0.02, perMegapixel: 0.012 };

const encoding: Record<string, number> = { jpeg: 0.008, png: 0.06, webp: 0.06, avif: 0.35, tiff: 0.01, gif: 0.15 };

/** What a list of operations is expected to cost. A resize leaves less for what follows it. */
export function costOf(operations: readonly OperationCall[]): Cost {
  let share = 1;
  let perMegapixel = decoding.perMegapixel;
  let format = 'jpeg';
  for (const call of operations) {
    if (call.operation === 'resize' || call.operation === 'crop') share = Math.min(share, 0.25);
    if (call.operation === 'convert' && typeof call['format'] === 'string') format = call['format'];
    perMegapixel += 0.008 * share;
  }
  return { fixed: decoding.fixed, perMegapixel: perMegapixel + (encoding[format] ?? 0.06) * share };
}
