/** What a test wants of a BMP; pixels are told by a function, red, green, blue and alpha of a place. */
export interface Bitmap {
  width: number;
  height: number;
  bits: 1 | 2 | 4 | 8 | 16 | 24 | 32;
  /** Bytes of the information header: 12, 40, 108 or 124. */
  header?: number;
  topDown?: boolean;
  compression?: 0 | 1 | 2 | 3 | 6;
  /** Of red, green, blue and alpha. */
  masks?: readonly number[];
  palette?: readonly (readonly [number, number, number])[];
  /** What stands where the pixels do. */
  data: Buffer;
}

/** A BMP file, byte by byte as wingdi.h has it. */
export function bitmap({ header = 40, compression = 0, palette = [], masks = [], data, ...picture }: Bitmap): Buffer {
  const { width, height, bits, topDown = false } = picture;
  const info = Buffer.alloc(header);
  info.writeUInt32LE(header, 0);
  if (header === 12) {
    info.writeUInt16LE(width, 4);
    info.writeUInt16LE(height, 6);
    info.writeUInt16LE(1, 8);
    info.writeUInt16LE(bits, 10);
  } else {
    info.writeInt32LE(width, 4);
    info.writeInt32LE(topDown ? -height : height, 8);
    info.writeUInt16LE(1, 12);
    info.writeUInt16LE(bits, 14);
    info.writeUInt32LE(compression, 16);
    info.writeUInt32LE(palette.length, 32);
  }
  const words = Buffer.alloc(4 * masks.length);
  masks.forEach((mask, index) => words.writeUInt32LE(mask, 4 * index));
  // Longer headers have a place for the masks in them.
  if (header > 40) words.copy(info, 40);
  const behind = header > 40 ? Buffer.alloc(0) : words;
  const colours = palette.map(([red, green, blue]) => Buffer.from([blue, green, red, ...(header === 12 ? [] : [0])]));
  const head = Buffer.alloc(14);
  const pixelsAt = head.length + header + behind.length + Buffer.concat(colours).length;
  head.write('BM', 'latin1');
  head.writeUInt32LE(pixelsAt + data.length, 2);
  head.writeUInt32LE(pixelsAt, 10);
  return Buffer.concat([head, info, behind, ...colours, data]);
}

/** Rows of values of so many bits, packed and filled up to whole words; the first row is the one that is given first. */
export function packed(rows: readonly (readonly number[])[], bits: number): Buffer {
  return Buffer.concat(
    rows.map((row) => {
      const stride = Math.ceil((row.length * bits) / 32) * 4;
      const bytes = Buffer.alloc(stride);
      row.forEach((value, x) => {
        if (bits >= 8) return bytes.writeUIntLE(value, (x * bits) / 8, bits / 8);
        const at = Math.floor((x * bits) / 8);
        bytes[at] = (bytes[at] ?? 0) | (value << (8 - bits - ((x * bits) % 8)));
      });
      return bytes;
    }),
  );
}
