import { open, type FileHandle } from 'node:fs/promises';
import { type FormatName } from './formats.js';

/**
 * Does a file that could not be decoded end too early, by what its format says of its own length? Asked after a failure only;
 * libvips has no word for it in most formats.
 * @param message libvips's, for the formats whose end cannot be told without decoding
 */
export async function isTruncated(path: string, format: FormatName, message: string): Promise<boolean> {
  await using file = await open(path);
  const { size } = await file.stat();
  switch (format) {
    case 'jpeg':
      return /premature end/i.test(message);
    case 'avif':
      return /unexpected end|bad seek|end of file/i.test(message);
    case 'png':
      // The last chunk is IEND: length, type and check sum (PNG 3rd edition, 11.2.5).
      return (await bytes(file, size - 12, 12)).toString('latin1', 4, 8) !== 'IEND';
    case 'webp': {
      // RFC 9649 2.4: "RIFF", then the size of all that follows.
      const head = await bytes(file, 0, 8);
      return head.length < 8 || head.readUInt32LE(4) + 8 > size;
    }
    case 'gif':
      // The trailer, GIF89a 27.
      return (await bytes(file, size - 1, 1))[0] !== 0x3b;
    case 'tiff': {
      // TIFF 6.0 section 2: the offset of the first directory, which most writers put at the end.
      const head = await bytes(file, 0, 8);
      if (head.length < 8) return true;
      return (head.toString('latin1', 0, 2) === 'II' ? head.readUInt32LE(4) : head.readUInt32BE(4)) >= size;
    }
    case 'bmp':
    case 'heic':
    case 'svg':
    case 'pdf':
      return false; // their decoders tell it themselves
    default:
      return format satisfies never;
  }
}

async function bytes(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, Math.max(0, from));
  return buffer.subarray(0, bytesRead);
}
