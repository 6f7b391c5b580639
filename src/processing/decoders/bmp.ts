import { open, readFile } from 'node:fs/promises';
import { invalidImage, truncatedImage } from '../failure.js';
import { type Pixels } from '../native.js';
import { type BmpHeader, bmpHeaderBytes, type Mask, readBmpHeader } from './bmp-header.js';
import { expandRuns } from './bmp-runs.js';
import { type Decoder } from './decoder.js';

/** Windows and OS/2 bitmaps of all depths, as far as they are files: [MS-WMF] 2.2.2 and wingdi.h. A profile in one is not applied. */
export const bmp: Decoder = {
  async look(path) {
    const { width, height, masks } = readBmpHeader(await head(path));
    return { width, height, pages: 1, transparency: masks[3].most > 0, profile: false };
  },

  async decode(path): Promise<Pixels> {
    const bytes = await readFile(path);
    const header = readBmpHeader(bytes);
    const { width, height } = header;
    const channels = header.masks[3].most > 0 ? 4 : 3;
    const data = Buffer.alloc(width * height * channels);
    const paint = painter(bytes, header, channels);
    for (let y = 0; y < height; y++) {
      // The place of the row in the file.
      const row = header.topDown ? y : height - 1 - y;
      paint(row, data.subarray(y * width * channels, (y + 1) * width * channels));
    }
    return { data, width, height, pages: 1, channels, deep: false };
  },
};

async function head(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bmpHeaderBytes), 0, bmpHeaderBytes, 0);
  return buffer.subarray(0, bytesRead);
}

/** Paints a row of the file into a row of pixels. */
type Painter = (row: number, into: Uint8Array) => void;

function painter(bytes: Buffer, header: BmpHeader, channels: 3 | 4): Painter {
  const { width, height, bits, compression, pixelsAt } = header;
  const palette = bits <= 8 ? paletteOf(bytes, header) : new Uint8Array();
  if (compression !== 'none') {
    const indices = expandRuns(bytes.subarray(pixelsAt), width, height, compression === 'rle4');
    return (row, into) => paintIndices(indices.subarray(row * width, (row + 1) * width), 8, palette, into);
  }
  // Rows are filled up to whole words of 32 bits.
  const stride = Math.ceil((width * bits) / 32) * 4;
  const needed = pixelsAt + stride * (height - 1) + Math.ceil((width * bits) / 8);
  if (needed > bytes.length) throw invalidImage(truncatedImage);
  const rowAt = (row: number): Buffer => bytes.subarray(pixelsAt + row * stride, pixelsAt + (row + 1) * stride);
  if (bits <= 8) return (row, into) => paintIndices(rowAt(row), bits, palette, into);
  if (bits === 24) return (row, into) => paintTriples(rowAt(row), into);
  return (row, into) => paintMasked(rowAt(row), bits, header.masks.slice(0, channels), into);
}

/** Red, green, blue of each index; what the file does not have is black. */
function paletteOf(bytes: Buffer, { bits, palette: { at, colours, bytesPerColour } }: BmpHeader): Uint8Array {
  const palette = new Uint8Array(3 * 2 ** bits);
  for (let index = 0; index < colours; index++) {
    const from = at + index * bytesPerColour;
    palette.set([bytes[from + 2] ?? 0, bytes[from + 1] ?? 0, bytes[from] ?? 0], 3 * index);
  }
  return palette;
}

function paintIndices(row: Uint8Array, bits: number, palette: Uint8Array, into: Uint8Array): void {
  const perByte = 8 / bits;
  const most = 2 ** bits - 1;
  for (let x = 0; 3 * x < into.length; x++) {
    // The leftmost pixel is in the highest bits.
    const byte = row[Math.floor(x / perByte)] ?? 0;
    const index = (byte >> (8 - bits * ((x % perByte) + 1))) & most;
    for (let channel = 0; channel < 3; channel++) into[3 * x + channel] = palette[3 * index + channel] ?? 0;
  }
}

function paintTriples(row: Uint8Array, into: Uint8Array): void {
  for (let at = 0; at < into.length; at += 3) {
    into[at] = row[at + 2] ?? 0;
    into[at + 1] = row[at + 1] ?? 0;
    into[at + 2] = row[at] ?? 0;
  }
}

function paintMasked(row: Buffer, bits: number, masks: readonly Mask[], into: Uint8Array): void {
  const bytes = bits / 8;
  let to = 0;
  for (let at = 0; to < into.length; at += bytes) {
    const pixel = bytes === 2 ? row.readUInt16LE(at) : row.readUInt32LE(at);
    for (const { shift, most } of masks) {
      const value = most === 0 ? 0 : (pixel >>> shift) & most;
      into[to++] = most === 255 || most === 0 ? value : Math.round(((value >>> 0) * 255) / most);
    }
  }
}
