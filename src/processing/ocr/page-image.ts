import { deflateSync } from 'node:zlib';
import { openPixels, type Pixels } from '../native.js';
import { type PdfImage } from '../pdf/pdf-image.js';

/** Letters stay clean, and a page of A4 at 300 dots per inch takes half a megabyte. */
const quality = 75;

/** JPEG; but what is black and white alone keeps its sharp edges in a bit a pixel, which is smaller too. */
export async function pageImage(pixels: Pixels): Promise<PdfImage> {
  const { width, height, channels, data } = pixels;
  if (channels === 1 && isBlackAndWhite(data)) {
    const packed = deflateSync(bitsOf(data, width, height));
    return { width, height, colours: 'grey', bits: 1, coding: 'flate', data: packed };
  }
  const jpeg = await openPixels(pixels).jpeg({ quality }).toBuffer();
  return { width, height, colours: channels === 1 ? 'grey' : 'rgb', bits: 8, coding: 'jpeg', data: jpeg };
}

function isBlackAndWhite(data: Buffer): boolean {
  return data.every((value) => value === 0 || value === 255);
}

/** Rows begin at whole bytes (ISO 32000-1 8.9.3), 1 is white. */
function bitsOf(data: Buffer, width: number, height: number): Buffer {
  const stride = Math.ceil(width / 8);
  const bits = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * stride + (x >> 3);
      if (data[y * width + x] === 255) bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return bits;
}
