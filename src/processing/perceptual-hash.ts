import { type Sharp } from 'sharp';
import { firstPage, ifDecodes } from './first-page.js';
import { type FormatName } from './formats.js';
import { type Limits } from './limits.js';

// The DCT hash of Christoph Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), 3.2.1:
// 32x32 grey pixels, their DCT, of it the 8x8 lowest frequencies without the constant ones, each a bit: above the median or not.

/** Pixels along a side of what is transformed. */
const side = 32;
/** Frequencies along a side of what is kept, from 1 on: 0 tells how light the image is, and not what it shows. */
const frequencies = 8;

/**
 * What the first page of an image looks like, in 64 bits: 16 hexadecimal digits. Images that look alike differ in few of them.
 * null for HEIC, whose decoder takes seconds; for an image of one colour, since all of those would look alike; and for pixels
 * that cannot be decoded.
 */
export async function perceptualHash(path: string, format: FormatName, limits: Limits): Promise<string | null> {
  if (format === 'heic') return null;
  return ifDecodes(async () => hashOf(await greySquare(await firstPage(path, format, limits))));
}

async function greySquare(image: Sharp): Promise<Float64Array> {
  const { data, info } = await image
    .flatten({ background: 'white' })
    .resize(side, side, { fit: 'fill' })
    .toColourspace('b-w')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return Float64Array.from({ length: side * side }, (_, at) => data[at * info.channels] ?? 0);
}

/** @param grey 32 rows of 32 pixels. null: there is nothing to be seen */
export function hashOf(grey: Float64Array): string | null {
  const low = lowFrequencies(grey);
  if (low.every((value) => value === 0)) return null;
  const sorted = low.toSorted();
  const median = ((sorted[31] ?? 0) + (sorted[32] ?? 0)) / 2;
  const bits = Array.from(low, (value) => (value > median ? '1' : '0')).join('');
  return BigInt(`0b${bits}`).toString(16).padStart(16, '0');
}

/** cos((2x + 1)kπ / 2n) for the frequencies 1 to 8: rows of the DCT-II, whose factors change no order. */
const cosines = Array.from({ length: frequencies }, (_, k) =>
  Float64Array.from({ length: side }, (__, x) => Math.cos(((2 * x + 1) * (k + 1) * Math.PI) / (2 * side))),
);

/** Row by row: frequencies down, frequencies across. */
function lowFrequencies(grey: Float64Array): Float64Array {
  const rows = Array.from({ length: side }, (_, y) => {
    const row = grey.subarray(y * side, (y + 1) * side);
    return cosines.map((cosine) => dot(row, cosine));
  });
  return Float64Array.from(
    cosines.flatMap((cosine) =>
      cosines.map((_, across) => {
        const column = Float64Array.from(rows, (row) => row[across] ?? 0);
        // What is left over by rounding is no pattern: an image of one colour has none.
        return Math.round(dot(column, cosine) * 1000) / 1000;
      }),
    ),
  );
}

function dot(values: Float64Array, others: Float64Array): number {
  return values.reduce((sum, value, index) => sum + value * (others[index] ?? 0), 0);
}
