import sharp from 'sharp';
import { type Pixels } from './native.js';

/**
 * Pixels in the colours of an ICC profile as pixels in sRGB. sharp takes a profile from a file only, so they are made one: an
 * uncompressed TIFF, in memory. A profile that cannot be used is left aside, as viewers do.
 */
export async function toSrgb(pixels: Pixels, profile: Buffer): Promise<Pixels> {
  try {
    const { data } = await sharp(tiffOf(pixels, profile), { limitInputPixels: false, failOn: 'none' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return data.length === pixels.data.length ? { ...pixels, data } : pixels;
  } catch {
    return pixels;
  }
}

const short = 3;
const long = 4;
const undefinedBytes = 7;

/** TIFF 6.0 section 6, and 18 for the alpha channel; 34675 is the profile (ICC.1:2022 B.4). One strip, of 8-bit samples. */
function tiffOf({ data, width, height, channels }: Pixels, profile: Buffer): Buffer {
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, long, 1, width],
    [257, long, 1, height],
    [258, short, channels, 0], // BitsPerSample, set below
    [259, short, 1, 1], // not compressed
    [262, short, 1, 2], // RGB
    [273, long, 1, 0], // StripOffsets, set below
    [277, short, 1, channels],
    [278, long, 1, height],
    [279, long, 1, data.length],
    ...(channels === 4 ? [[338, short, 1, 2] satisfies [number, number, number, number]] : []), // unassociated alpha
    [34675, undefinedBytes, profile.length, 0],
  ];
  const bitsAt = 8 + 2 + 12 * entries.length + 4;
  const profileAt = bitsAt + 2 * channels;
  const pixelsAt = profileAt + profile.length;
  const places: Readonly<Record<number, number>> = { 258: bitsAt, 273: pixelsAt, 34675: profileAt };
  const head = Buffer.alloc(bitsAt);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries.length, 8);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = 10 + 12 * index;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(count, at + 4);
    head.writeUInt32LE(places[tag] ?? value, at + 8);
  }
  const bits = Buffer.from(Array.from({ length: channels }, () => [8, 0]).flat());
  return Buffer.concat([head, bits, profile, data]);
}
