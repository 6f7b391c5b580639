/** Whose a picture is, as EXIF 2.32 4.6.4 has it. */
export interface Authorship {
  Artist?: string;
  Copyright?: string;
}

/** Tags of the first directory. */
const tags: Readonly<Record<number, keyof Authorship>> = { 0x013b: 'Artist', 0x8298: 'Copyright' };
const ascii = 2;
/** Characters of a field that are kept; a name or a line of terms, not a document. */
const lengthMax = 1_000;
/** What stands before the block in a JPEG. */
const prefix = Buffer.from('Exif\0\0', 'latin1');

/**
 * Reads the authorship out of an EXIF block, which is a TIFF without pixels (TIFF 6.0 section 2). What cannot be read is left
 * out: bytes of strangers, whose offsets may lead anywhere.
 */
export function authorshipOf(block: Buffer): Authorship {
  const tiff = withoutPrefix(block);
  if (tiff.length < 8) return {};
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number): number =>
    within(tiff, at, 2, () => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at)));
  const long = (at: number): number =>
    within(tiff, at, 4, () => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at)));
  const found: Authorship = {};
  const directory = long(4);
  const count = short(directory);
  for (let entry = directory + 2; entry < directory + 2 + count * 12 && entry + 12 <= tiff.length; entry += 12) {
    const name = tags[short(entry)];
    if (name === undefined || short(entry + 2) !== ascii) continue;
    const length = long(entry + 4);
    const at = length <= 4 ? entry + 8 : long(entry + 8);
    const text = textOf(tiff.subarray(at, at + Math.min(length, lengthMax)));
    if (text !== '') found[name] = text;
  }
  return found;
}

/** An EXIF block as other formats than JPEG have it. */
export function withoutPrefix(block: Buffer): Buffer {
  return block.subarray(0, prefix.length).equals(prefix) ? block.subarray(prefix.length) : block;
}

/** 0 beyond the end. */
function within(bytes: Buffer, at: number, length: number, read: () => number): number {
  return at + length <= bytes.length ? read() : 0;
}

/** Copyright may hold two texts, of the photographer and of the editor, with a NUL between them. */
function textOf(bytes: Buffer): string {
  const parts = bytes.toString('utf8').split('\0');
  return parts
    .map((part) => part.replaceAll(/\p{Cc}/gu, ' ').trim())
    .filter((part) => part !== '')
    .join('; ');
}
