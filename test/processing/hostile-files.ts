import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32, createDeflate } from 'node:zlib';

/** A PNG of which every chunk is as it should be, whatever is in it. */
export function png(width: number, height: number, rows: Buffer, more: Buffer[] = []): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8); // 8 bits, grey
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...more,
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** So many black grey pixels, with their filter bytes, in a thousandth of their size. */
export function blackRows(width: number, height: number): Promise<Buffer> {
  return deflatedZeros((width + 1) * height);
}

/** Without ever holding them. */
export function deflatedZeros(count: number): Promise<Buffer> {
  const block = Buffer.alloc(2 ** 20);
  const blocks = function* () {
    for (let left = count; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
  };
  return buffer(Readable.from(blocks()).pipe(createDeflate({ level: 9 })));
}

/** A GIF of frames of one pixel, whatever size they state, 23 bytes each. */
export function gif(frames: number, width = 1, height = 1): Buffer {
  const head = Buffer.from('GIF89a0000\x80\x00\x00\x00\x00\x00\xff\xff\xff', 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  const control = [0x21, 0xf9, 4, 0, 1, 0, 0, 0];
  const size = [width & 255, width >> 8, height & 255, height >> 8];
  const image = [0x2c, 0, 0, 0, 0, ...size, 0, 2, 2, 0x44, 1, 0];
  const frame = Buffer.from([...control, ...image]);
  return Buffer.concat([head, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}

/** A TIFF of grey pages of one pixel; `loop` leads the last one back to the first. */
export function tiff(
  pages: number,
  { width = 1, height = 1, data = Buffer.from([0]), compression = 1, loop = false } = {},
): Buffer {
  const fields = 9;
  const directory = 2 + 12 * fields + 4;
  const dataAt = 8 + pages * directory;
  const head = Buffer.from('II*\0\x08\0\0\0', 'latin1');
  const directories = Array.from({ length: pages }, (_, page) => {
    const bytes = Buffer.alloc(directory);
    bytes.writeUInt16LE(fields, 0);
    const entries = [
      [256, width],
      [257, height],
      [258, 8],
      [259, compression],
      [262, 1],
      [273, dataAt],
      [277, 1],
      [278, height],
      [279, data.length],
    ];
    entries.forEach(([tag = 0, value = 0], index) => {
      bytes.writeUInt16LE(tag, 2 + 12 * index);
      bytes.writeUInt16LE(4, 4 + 12 * index);
      bytes.writeUInt32LE(1, 6 + 12 * index);
      bytes.writeUInt32LE(value, 10 + 12 * index);
    });
    const last = page === pages - 1;
    bytes.writeUInt32LE(last ? (loop ? 8 : 0) : 8 + (page + 1) * directory, directory - 4);
    return bytes;
  });
  return Buffer.concat([head, ...directories, data]);
}

/** A WebP that says how large its canvas is, and has nothing on it (RFC 9649 2.7). */
export function webpHeader(width: number, height: number, frames = 0): Buffer {
  const canvas = Buffer.alloc(10);
  canvas[0] = frames > 0 ? 2 : 0;
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  const animation = frames > 0 ? [riff('ANIM', Buffer.alloc(6))] : [];
  // A frame of one lossless pixel.
  const pixel = riff('VP8L', Buffer.from('2f00000000070010fd8ffe0722a2ff01', 'hex'));
  const frame = riff('ANMF', Buffer.concat([Buffer.alloc(16), pixel]));
  const body = Buffer.concat([
    Buffer.from('WEBP', 'latin1'),
    riff('VP8X', canvas),
    ...animation,
    ...Array.from({ length: frames }, () => frame),
  ]);
  return riff('RIFF', body);
}

function riff(type: string, data: Buffer): Buffer {
  const head = Buffer.from(`${type}0000`, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** A JPEG that ends behind its frame header (ITU T.81 B.2.2). */
export function jpegHeader(width: number, height: number): Buffer {
  const frame = Buffer.from('ffd8ffc0000b080000000001012200', 'hex');
  frame.writeUInt16BE(height, 7);
  frame.writeUInt16BE(width, 9);
  return Buffer.concat([frame, Buffer.from('ffd9', 'hex')]);
}

/** The two sizes behind a marker, 16 bits each: those of a JPEG's frame header, those of a WebP's (RFC 6386 9.1). */
export function withSizeBehind(
  file: Buffer,
  marker: Buffer,
  first: number,
  second: number,
  write: 'LE' | 'BE',
): Buffer {
  const lying = Buffer.from(file);
  const at = lying.indexOf(marker) + marker.length;
  for (const [index, side] of [first, second].entries()) {
    if (write === 'BE') lying.writeUInt16BE(side, at + 2 * index);
    else lying.writeUInt16LE(side, at + 2 * index);
  }
  return lying;
}

/** The size that an AVIF or HEIC states, in all its properties of that kind (ISO/IEC 23008-12 6.5.3). */
export function withStatedSize(file: Buffer, width: number, height: number): Buffer {
  const lying = Buffer.from(file);
  for (let at = lying.indexOf('ispe'); at >= 0; at = lying.indexOf('ispe', at + 4)) {
    lying.writeUInt32BE(width, at + 8);
    lying.writeUInt32BE(height, at + 12);
  }
  return lying;
}

/** Whole numbers below a bound, the same for the same seed (xorshift32). */
export function dice(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** A few bytes of it are others. */
export function damaged(file: Buffer, seed: number): Buffer {
  const roll = dice(seed);
  const copy = Buffer.from(file);
  for (let hit = 0; hit < 8; hit++) copy[roll(copy.length)] = roll(256);
  return copy;
}
