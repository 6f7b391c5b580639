import { invalidImage, truncatedImage } from '../failure.js';

/** Two bytes after a zero: the end of a line, the end of the picture, a move, or so many pixels as they are. */
const escapes = { endOfLine: 0, endOfPicture: 1, move: 2 } as const;

/**
 * Run-length encoded indices (BI_RLE8, BI_RLE4) as one byte a pixel, rows from the bottom up. What no run reaches is 0.
 * @param nibbles two pixels a byte, in turn: RLE4
 * @throws ProcessingFailure where the bytes end before the picture does
 */
export function expandRuns(bytes: Uint8Array, width: number, height: number, nibbles: boolean): Uint8Array {
  const indices = new Uint8Array(width * height);
  let at = 0;
  let x = 0;
  let y = 0;
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw invalidImage(truncatedImage);
    return byte;
  };
  /** How many of so many pixels are seen: runs that leave the picture are cut off, as every decoder does. */
  const seen = (count: number): number => (y < height ? Math.max(0, Math.min(count, width - x)) : 0);
  const half = (byte: number, place: number): number => (place % 2 === 0 ? byte >> 4 : byte & 15);

  while (y < height) {
    const count = next();
    const value = next();
    if (count > 0) {
      const place = y * width + x;
      for (let n = 0, shown = seen(count); n < shown; n++) indices[place + n] = nibbles ? half(value, n) : value;
      x += count;
    } else if (value === escapes.endOfPicture) break;
    else if (value === escapes.endOfLine) {
      x = 0;
      y += 1;
    } else if (value === escapes.move) {
      x += next();
      y += next();
    } else {
      const place = y * width + x;
      const shown = seen(value);
      for (let n = 0, byte = 0; n < value; n++) {
        if (!nibbles || n % 2 === 0) byte = next();
        if (n < shown) indices[place + n] = nibbles ? half(byte, n) : byte;
      }
      x += value;
      // Filled up to whole words.
      const used = nibbles ? Math.ceil(value / 2) : value;
      at += used % 2;
    }
  }
  return indices;
}
