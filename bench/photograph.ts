import sharp, { type Sharp } from 'sharp';
import { noise } from './noise.js';

/** The scene is drawn so much smaller: nothing in it is sharper. */
const coarseness = 8;
/** Blobs of the scene: how wide, in pixels of the picture, and how strong, from 0 to 255. Soft light, objects, texture. */
const layers = [
  { scale: 1024, strength: 200 },
  { scale: 128, strength: 80 },
  { scale: 16, strength: 24 },
];
/** What a sensor adds to each pixel, from 0 to 255. */
const grain = 6;

/** A picture that compresses as those of a camera do, the same each run. */
export async function photograph(columns: number, rows: number): Promise<Sharp> {
  const pixels = await scene(columns, rows);
  const grains = noise(pixels.length, 1);
  for (let at = 0; at < pixels.length; at++) {
    const value = (pixels[at] ?? 0) + (((grains[at] ?? 0) - 128) * grain) / 255;
    pixels[at] = Math.min(255, Math.max(0, value));
  }
  return sharp(pixels, { raw: { width: columns, height: rows, channels: 3 } });
}

async function scene(columns: number, rows: number): Promise<Buffer> {
  const raw = { width: Math.ceil(columns / coarseness), height: Math.ceil(rows / coarseness), channels: 3 } as const;
  const small = new Uint8ClampedArray(raw.width * raw.height * raw.channels).fill(128);
  for (const { scale, strength } of layers) {
    const blobs = await layer(raw.width, raw.height, scale / coarseness);
    for (let at = 0; at < small.length; at++)
      small[at] = (small[at] ?? 0) + (((blobs[at] ?? 0) - 128) * strength) / 255;
  }
  return sharp(small, { raw }).resize(columns, rows, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer();
}

/** Noise whose blobs are so many pixels wide, softly blended. */
function layer(columns: number, rows: number, scale: number): Promise<Buffer> {
  const raw = { width: Math.ceil(columns / scale) + 1, height: Math.ceil(rows / scale) + 1, channels: 3 } as const;
  const blobs = noise(raw.width * raw.height * raw.channels, scale);
  return sharp(blobs, { raw }).resize(columns, rows, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer();
}
