import sharp, { type Sharp } from 'sharp';

/** A small photograph-like image: no two seeds give the same bytes. */
export function jpeg({ width = 64, height = 48, seed = 1 } = {}): Promise<Buffer> {
  return picture(width, height, seed).jpeg().toBuffer();
}

export function png({ width = 64, height = 48, seed = 1 } = {}): Promise<Buffer> {
  return picture(width, height, seed).png().toBuffer();
}

function picture(width: number, height: number, seed: number): Sharp {
  const bytes = Buffer.alloc(width * height * 3);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = (index * 7 + Math.imul(index ^ seed, 2_654_435_761)) & 0xff;
  return sharp(bytes, { raw: { width, height, channels: 3 } });
}
