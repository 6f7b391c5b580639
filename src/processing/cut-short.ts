import { readFile, stat, open } from 'node:fs/promises';
import { invalidImage } from './failure.js';
import { type FormatName } from './formats.js';

/**
 * Whether a file ends in the middle of what its format says is there. Asked before decoding, for the formats that libvips
 * decodes all the same: a GIF with the frames that are left, an AVIF with green tiles for those that are not.
 * @throws ProcessingFailure where finding out would take too long
 */
export async function endsTooEarly(path: string, format: FormatName): Promise<boolean> {
  if (format === 'gif') return gifEndsTooEarly(await readFile(path));
  if (format === 'avif' || format === 'heic') return boxesEndTooEarly(path);
  if (format === 'pdf') return pdfEndsTooEarly(path);
  return false;
}

const extension = 0x21;
const imageDescriptor = 0x2c;

/** GIF89a 17 to 26: blocks follow each other, each a chain of sub-blocks. A trailer that is missing loses nothing. */
function gifEndsTooEarly(bytes: Buffer): boolean {
  // Header and logical screen descriptor, then the global colour table.
  let at = 13 + colourTableBytes(bytes[10] ?? 0);
  while (at < bytes.length) {
    const block = bytes[at];
    if (block === extension) at += 2;
    // Its descriptor, its own colour table, and the minimum code size.
    else if (block === imageDescriptor) at += 11 + colourTableBytes(bytes[at + 9] ?? 0);
    else return false;
    for (let length = bytes[at]; length !== 0; length = bytes[at]) {
      if (length === undefined) return true;
      at += length + 1;
    }
    at += 1;
  }
  return false;
}

/** GIF89a 18: three bytes a colour, where the flag is set. */
function colourTableBytes(packed: number): number {
  return packed & 0x80 ? 3 * 2 ** ((packed & 0x07) + 1) : 0;
}

/** ISO 32000-1 7.5.5: the last line is `%%EOF`; as readers have it, within the last kilobyte. */
async function pdfEndsTooEarly(path: string): Promise<boolean> {
  const { size } = await stat(path);
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(1_024), 0, 1_024, Math.max(0, size - 1_024));
  return !buffer.includes('%%EOF');
}

/** Boxes of a file, on its uppermost level. An image has a handful; by the million decoders take minutes. */
const boxesMax = 1_000;

/** ISO/IEC 14496-12 4.2: a file is a sequence of boxes, each with its size: 32 bits, 64 where those say 1, or 0 for the rest. */
async function boxesEndTooEarly(path: string): Promise<boolean> {
  const { size } = await stat(path);
  await using file = await open(path);
  const head = Buffer.alloc(16);
  for (let at = 0, boxes = 0; at < size; boxes++) {
    if (boxes > boxesMax) throw invalidImage(`The file has more than ${boxesMax} boxes.`);
    const { bytesRead } = await file.read(head, 0, 16, at);
    if (bytesRead < 8) return false;
    const small = head.readUInt32BE(0);
    const length = small === 1 ? Number(head.readBigUInt64BE(8)) : small;
    if (length === 0) return false;
    // No box is smaller than its own head: what follows is no box, and nobody's loss.
    if (length < 8) return false;
    at += length;
    if (at > size) return true;
  }
  return false;
}
