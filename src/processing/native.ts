import { endianness } from 'node:os';
import sharp, { type Sharp } from 'sharp';
import { type Limits } from './limits.js';

// Loaded in child processes only (child.ts): this is where native code reads bytes that strangers sent.

// A loader that is not needed is a way in that is not there. In addition the parent sets VIPS_BLOCK_UNTRUSTED.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Tiff', 'Nsgif'].map((loader) => `VipsForeignLoad${loader}File`),
});
// From memory: pixels that were given a profile (profile.ts), and the headers of images within an SVG.
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Tiff', 'Nsgif'].map((loader) => `VipsForeignLoad${loader}Buffer`),
});
// No two jobs share an image, so a cache would only hold memory.
sharp.cache(false);
// As many children as cores with one thread each do twice the work of one child with all threads (DESIGN.md 4).
sharp.concurrency(1);

/**
 * An image file, opened with every guard. Nothing is read before the pipeline runs.
 * @param page the first that is read, from 0
 */
export function openFile(path: string, limits: Limits, pages: 'first' | 'all', page = 0): Sharp {
  return sharp(path, {
    limitInputPixels: limits.pixelsMax,
    // The strictest level: a truncated file fails instead of ending in grey.
    failOn: 'warning',
    pages: pages === 'all' ? -1 : 1,
    page,
  });
}

/** Uncompressed pixels of one or several pages of one size, one below the other. 16-bit ones are native-endian. */
export interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  /** Of one page. */
  readonly height: number;
  readonly pages: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly deep: boolean;
}

export function openPixels({ data, width, height, pages, channels, deep }: Pixels): Sharp {
  const raw = { width, height: height * pages, channels, ...(pages > 1 && { pageHeight: height }) };
  // Without `pages` sharp would take the strip for one page. The limit was held before these pixels were made.
  return sharp(deep ? asWords(data) : data, { raw, pages: -1, limitInputPixels: false });
}

/** Runs a pipeline of one page and keeps its pixels, of 8 bits a channel. */
export async function pixelsOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { data, width, height, pages: 1, channels, deep: false };
}

/** Each page by itself, without copying. */
export function pagesOf(pixels: Pixels): Pixels[] {
  const length = pixels.data.length / pixels.pages;
  return Array.from({ length: pixels.pages }, (_, page) => ({
    ...pixels,
    data: pixels.data.subarray(page * length, (page + 1) * length),
    pages: 1,
  }));
}

/** sharp tells 16-bit pixels by the type of the array. */
function asWords(data: Buffer): Uint16Array {
  const aligned = data.byteOffset % 2 === 0 ? data : Buffer.from(Uint8Array.from(data).buffer);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
}

/** The same with 8 bits a channel: grey with alpha comes with 16 (Stage.develop), of which the upper ones are all there is. */
export function shallow(pixels: Pixels): Pixels {
  if (!pixels.deep) return pixels;
  const upper = endianness() === 'LE' ? 1 : 0;
  const data = Buffer.allocUnsafe(pixels.data.length / 2);
  for (let to = 0, from = upper; to < data.length; to += 1, from += 2) data[to] = pixels.data[from] ?? 0;
  return { ...pixels, data, deep: false };
}
