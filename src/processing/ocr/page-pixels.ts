import { type Sharp } from 'sharp';
import { openPixels, type Pixels, pixelsOf } from '../native.js';
import { type Turn } from './recognition.js';

/** Pixels above which a page is read in grey: colours help little, and take three times the memory. A4 at 300 dots per inch has 9 million. */
const colourPixelsMax = 12_000_000;

export async function forReading(pixels: Pixels): Promise<Pixels> {
  if (pixels.channels === 1 || pixels.width * pixels.height <= colourPixelsMax) return pixels;
  return changed(pixels, (image) => image.grayscale().toColourspace('b-w'));
}

/** Many scanners write grey in three channels: one is all that is needed of it then, to read it and to show it. */
export function withoutIdleColours(pixels: Pixels): Pixels {
  if (pixels.channels !== 3) return pixels;
  const { data } = pixels;
  const grey = Buffer.allocUnsafe(data.length / 3);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 1) {
    const value = data[from] ?? 0;
    if (value !== data[from + 1] || value !== data[from + 2]) return pixels;
    grey[to] = value;
  }
  return { ...pixels, data: grey, channels: 1 };
}

export async function turned(pixels: Pixels, turn: Turn): Promise<Pixels> {
  return changed(pixels, (image) => image.rotate(turn));
}

export async function enlarged(pixels: Pixels, factor: number): Promise<Pixels> {
  return changed(pixels, (image) => image.resize({ width: Math.round(pixels.width * factor), kernel: 'cubic' }));
}

/** PNM, the simplest format that Leptonica reads: a header, then the pixels as they are. */
export function asPnm({ data, width, height, channels }: Pixels): Uint8Array<ArrayBuffer> {
  const header = Buffer.from(`P${channels === 1 ? 5 : 6}\n${width} ${height}\n255\n`);
  // Its memory is given away to the thread: Buffer.concat could take a piece of what is shared.
  const file = new Uint8Array(header.length + data.length);
  file.set(header);
  file.set(data, header.length);
  return file;
}

async function changed(pixels: Pixels, change: (image: Sharp) => Sharp): Promise<Pixels> {
  const image = change(openPixels(pixels));
  // sharp makes three channels of one unless it is told.
  return pixelsOf(pixels.channels === 1 ? image.toColourspace('b-w') : image);
}
