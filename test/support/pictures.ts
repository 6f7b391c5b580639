import sharp, { type Sharp } from 'sharp';

/** A small image: no two seeds give the same bytes. */
export function jpeg({ width = 64, height = 48, seed = 1 } = {}): Promise<Buffer> {
  return picture(width, height, seed).jpeg().toBuffer();
}

export function png({ width = 64, height = 48, seed = 1 } = {}): Promise<Buffer> {
  return picture(width, height, seed).png().toBuffer();
}

/** Noise (xorshift32): it does not compress. */
function picture(width: number, height: number, seed: number): Sharp {
  const bytes = Buffer.alloc(width * height * 3);
  let state = (seed + 1) * 0x9e3779b1;
  for (let index = 0; index < bytes.length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state;
  }
  return sharp(bytes, { raw: { width, height, channels: 3 } });
}
