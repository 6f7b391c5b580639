import { invalidImage, truncatedImage } from '../failure.js';

/** Where a channel lies in a pixel of 16 or 32 bits. */
export interface Mask {
  readonly shift: number;
  /** The value at its most; 0 where there is no such channel. */
  readonly most: number;
}

export type Compression = 'none' | 'rle8' | 'rle4';

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Rows go from the top down; from the bottom up otherwise. */
  readonly topDown: boolean;
  /** Of a pixel. */
  readonly bits: 1 | 2 | 4 | 8 | 16 | 24 | 32;
  readonly compression: Compression;
  /** Red, green, blue and alpha, of 16 and 32 bits. */
  readonly masks: readonly [Mask, Mask, Mask, Mask];
  readonly palette: Palette;
  /** Where the pixels begin. */
  readonly pixelsAt: number;
}

interface Palette {
  readonly at: number;
  readonly colours: number;
  /** OS/2's first version has three bytes a colour, all later ones four. */
  readonly bytesPerColour: 3 | 4;
}

/** As many bytes as any header may need: the file header, the longest information header, three masks behind a short one. */
export const bmpHeaderBytes = 14 + 124 + 16;

const fileHeaderBytes = 14;
const coreHeaderBytes = 12; // BITMAPCOREHEADER; all others have the fields of BITMAPINFOHEADER first
const infoHeaderBytes = 40;

/** @throws ProcessingFailure */
export function readBmpHeader(bytes: Buffer): BmpHeader {
  const size = bytes.length >= fileHeaderBytes + 4 ? bytes.readUInt32LE(fileHeaderBytes) : 0;
  if (size === 0 || bytes.length < fileHeaderBytes + Math.min(size, 124)) throw invalidImage(truncatedImage);
  if (size !== coreHeaderBytes && (size < 16 || size > 124)) throw invalidImage();
  const header = size === coreHeaderBytes ? coreHeader(bytes) : infoHeader(bytes, size);
  if (header.width < 1 || header.height < 1 || header.pixelsAt < fileHeaderBytes + size) throw invalidImage();
  return header;
}

function coreHeader(bytes: Buffer): BmpHeader {
  const bits = bitsOf(bytes.readUInt16LE(24));
  return {
    width: bytes.readUInt16LE(18),
    height: bytes.readUInt16LE(20),
    topDown: false,
    bits,
    compression: 'none',
    masks: masksOf(bits, undefined, false),
    palette: { at: fileHeaderBytes + coreHeaderBytes, colours: bits <= 8 ? 2 ** bits : 0, bytesPerColour: 3 },
    pixelsAt: bytes.readUInt32LE(10),
  };
}

/** BITMAPINFOHEADER and its descendants; OS/2's second version may be cut short anywhere: what is missing is 0. */
function infoHeader(bytes: Buffer, size: number): BmpHeader {
  const field = (at: number): number => (at + 4 <= fileHeaderBytes + size ? bytes.readUInt32LE(at) : 0);
  const bits = bitsOf(bytes.readUInt16LE(28));
  const height = bytes.readInt32LE(22);
  const { compression, fields } = compressionOf(field(30), bits, height < 0);
  // Behind the shortest header the masks follow, in the longer ones they are a part of it, at the same place.
  const behind = size === infoHeaderBytes ? { none: 0, three: 12, four: 16 }[fields] : 0;
  const colours = field(46);
  return {
    width: bytes.readInt32LE(18),
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    compression,
    masks: masksOf(bits, fields === 'none' ? undefined : bytes, fields === 'four' || size >= 56),
    palette: {
      at: fileHeaderBytes + size + behind,
      colours: bits <= 8 ? Math.min(colours === 0 ? 2 ** bits : colours, 2 ** bits) : 0,
      bytesPerColour: 4,
    },
    pixelsAt: bytes.readUInt32LE(10),
  };
}

function bitsOf(bits: number): BmpHeader['bits'] {
  switch (bits) {
    case 1:
    case 2:
    case 4:
    case 8:
    case 16:
    case 24:
    case 32:
      return bits;
    default:
      throw invalidImage();
  }
}

/** BI_RGB 0, BI_RLE8 1, BI_RLE4 2, BI_BITFIELDS 3, BI_ALPHABITFIELDS 6; a JPEG or PNG within (4, 5) is for printers alone. */
function compressionOf(
  code: number,
  bits: number,
  topDown: boolean,
): { compression: Compression; fields: 'none' | 'three' | 'four' } {
  if (code === 0) return { compression: 'none', fields: 'none' };
  if (code === 1 && bits === 8 && !topDown) return { compression: 'rle8', fields: 'none' };
  if (code === 2 && bits === 4 && !topDown) return { compression: 'rle4', fields: 'none' };
  const masked = bits === 16 || bits === 32;
  if (code === 3 && masked) return { compression: 'none', fields: 'three' };
  if (code === 6 && masked) return { compression: 'none', fields: 'four' };
  throw invalidImage();
}

const masksAt = fileHeaderBytes + infoHeaderBytes;

/** @param bytes undefined: nothing is said, which means 5 bits a channel of 16, and 8 of 32 */
function masksOf(bits: number, bytes: Buffer | undefined, alpha: boolean): BmpHeader['masks'] {
  if (bytes) {
    if (bytes.length < masksAt + (alpha ? 16 : 12)) throw invalidImage(truncatedImage);
    const said = (channel: number): Mask => maskOf(bytes.readUInt32LE(masksAt + 4 * channel));
    return [said(0), said(1), said(2), alpha ? said(3) : maskOf(0)];
  }
  const width = bits === 16 ? 5 : 8;
  const most = 2 ** width - 1;
  return [{ shift: 2 * width, most }, { shift: width, most }, { shift: 0, most }, maskOf(0)];
}

function maskOf(mask: number): Mask {
  if (mask === 0) return { shift: 0, most: 0 };
  const shift = 31 - Math.clz32(mask & -mask);
  return { shift, most: mask >>> shift };
}
