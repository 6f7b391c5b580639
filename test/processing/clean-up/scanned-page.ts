import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';

/** A page of text that was scanned well: black and white, straight, of 640 by 480 pixels. */
export async function scannedPage(): Promise<Buffer> {
  return sharp(await readFile('test/fixtures/scan.tif'))
    .toColourspace('b-w')
    .png()
    .toBuffer();
}

/** Turned clockwise, on a sheet that holds its corners. */
export async function askew(angle: number, background = 'white'): Promise<Sharp> {
  return sharp(await scannedPage())
    .rotate(angle, { background })
    .png();
}

export type Pixel = (lightness: number, x: number, y: number) => number;

/** A grey page with every pixel changed. */
export async function changed(page: Buffer, change: Pixel): Promise<Buffer> {
  const { data, width, height } = await pixelsOf(page);
  const made = Uint8ClampedArray.from(data, (value, at) => change(value, at % width, Math.floor(at / width)));
  return sharp(made, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}

/** From 0 to 1, the same sequence each time: xorshift32. */
export function chance(seed = 1): () => number {
  let state = seed * 0x9e3779b1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Normally distributed around 0: Box and Muller. */
export function grain(deviation: number, seed = 1): () => number {
  const random = chance(seed);
  return () => deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** One grey channel. */
export async function pixelsOf(image: Buffer | string): Promise<{ data: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(image)
    .flatten({ background: 'white' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Mean absolute difference of two grey images of one size, pixel by pixel. */
export async function pixelDifference(one: Buffer | string, other: Buffer | string): Promise<number> {
  const [actual, expected] = await Promise.all([pixelsOf(one), pixelsOf(other)]);
  if (actual.width !== expected.width || actual.height !== expected.height) throw new Error('They differ in size.');
  return (
    actual.data.reduce((sum, value, at) => sum + Math.abs(value - (expected.data[at] ?? 0)), 0) / actual.data.length
  );
}

/** How well dark pixels agree: the F-measure, 0 to 1. */
export async function inkAgreement(one: Buffer | string, other: Buffer | string): Promise<number> {
  const [actual, expected] = await Promise.all([pixelsOf(one), pixelsOf(other)]);
  const isInk = (value: number | undefined) => (value ?? 255) < 128;
  const both = actual.data.filter((value, at) => isInk(value) && isInk(expected.data[at])).length;
  return (2 * both) / (actual.data.filter(isInk).length + expected.data.filter(isInk).length);
}
