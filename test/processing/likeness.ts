import sharp from 'sharp';

type Image = string | Buffer;

/** RGBA of an image; with a side, small enough that encoders' noise and half pixels vanish. */
async function rendition(image: Image, page: number, side: number | null): Promise<Buffer> {
  return sharp(image, { page, pages: 1 })
    .ensureAlpha()
    .resize(side, side, { fit: 'fill', kernel: 'linear' })
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}

/** Mean absolute difference of two images of any formats, 0 (alike) to 255. Transparent pixels compare by their alpha alone. */
export async function difference(
  actual: Image,
  expected: Image,
  { page = 0, side = 16 }: { page?: number; side?: number | null } = {},
) {
  const [one, other] = await Promise.all([rendition(actual, page, side), rendition(expected, page, side)]);
  let sum = 0;
  for (let at = 0; at < one.length; at += 4) {
    const seen = Math.max(one[at + 3] ?? 0, other[at + 3] ?? 0) / 255;
    for (let channel = 0; channel < 3; channel++) {
      sum += Math.abs((one[at + channel] ?? 0) - (other[at + channel] ?? 0)) * seen;
    }
    sum += Math.abs((one[at + 3] ?? 0) - (other[at + 3] ?? 0));
  }
  return sum / one.length;
}

interface Tolerance {
  /** Mean absolute difference, 0 to 255; 4 lets lossy encoders pass and no turned, mirrored or recoloured image. */
  most?: number;
  page?: number;
  /** Pixel by pixel, where not even a blur may pass. */
  closely?: boolean;
}

export async function assertSimilar(
  actual: Image,
  expected: Image,
  { most = 4, page = 0, closely = false }: Tolerance = {},
): Promise<void> {
  const [one, other] = await Promise.all([sharp(actual).metadata(), sharp(expected).metadata()]);
  if (one.width !== other.width || one.height !== other.height) {
    throw new Error(`It is ${one.width}x${one.height}, not ${other.width}x${other.height}.`);
  }
  const differs = await difference(actual, expected, { page, side: closely ? null : 16 });
  if (differs > most) throw new Error(`It differs by ${differs.toFixed(2)}, more than ${most}.`);
}
