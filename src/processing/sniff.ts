import { open } from 'node:fs/promises';
import { fileTypeFromBuffer, fileTypeFromFile } from 'file-type';
import { formatNames, formats, type FormatName } from './formats.js';

/**
 * The format as the bytes themselves tell it, never as a Content-Type or a file name claims it.
 * @param source a path, or the first bytes of a file (4,100 are enough)
 * @returns undefined for anything that is not served: text, SVG, HEIC, camera raw files, …
 * @throws the error of the file system when a path cannot be read
 */
export async function sniff(source: string | Uint8Array): Promise<FormatName | undefined> {
  const type = await (typeof source === 'string' ? fileTypeFromFile(source) : fileTypeFromBuffer(source));
  if (!type) return (await isTiff(source)) ? 'tiff' : undefined;
  // An animated PNG is a PNG whose first frame every decoder shows (PNG 3rd edition, 4.9).
  const mediaType = type.mime === 'image/apng' ? 'image/png' : type.mime;
  return formatNames.find((name) => formats[name].mediaType === mediaType);
}

/** file-type wants to read the directory of a TIFF, which most writers put at the end: out of reach in a first part or a truncated file. */
async function isTiff(source: string | Uint8Array): Promise<boolean> {
  const signature = Buffer.from(typeof source === 'string' ? await firstBytes(source) : source.subarray(0, 4));
  return ['49492a00', '4d4d002a'].includes(signature.toString('hex'));
}

async function firstBytes(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
  return buffer.subarray(0, bytesRead);
}
