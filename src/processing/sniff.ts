import { open } from 'node:fs/promises';
import { fileTypeFromBuffer } from 'file-type';
import { type FormatName, nameOfMediaType } from './formats.js';

/**
 * Bytes that are looked at: what file-type wants, and more than anyone writes in front of an `<svg`. Given a whole file, it walks
 * through all entries of an archive, and all chunks of a PNG, be they millions.
 */
const headBytes = 4_100;

/**
 * The format as the bytes themselves tell it, never as a Content-Type or a file name claims it.
 * @param source a path, or the first bytes of a file (4,100 are enough)
 * @returns undefined for anything that is not known: text, camera raw files, …
 * @throws the error of the file system when a path cannot be read
 */
export async function sniff(source: string | Uint8Array): Promise<FormatName | undefined> {
  const head = typeof source === 'string' ? await firstBytes(source) : Buffer.from(source.subarray(0, headBytes));
  const type = await fileTypeFromBuffer(head);
  const mediaType = type && (synonyms[type.mime] ?? type.mime);
  return nameOfMediaType(mediaType) ?? bySignature(head);
}

const synonyms: Readonly<Record<string, string>> = {
  // An animated PNG is a PNG whose first frame every decoder shows (PNG 3rd edition, 4.9).
  'image/apng': 'image/png',
  // Brands of one container (ISO/IEC 23008-12 10): what is in it, its decoder tells.
  'image/heif': 'image/heic',
  'image/heif-sequence': 'image/heic',
  'image/heic-sequence': 'image/heic',
};

/**
 * What file-type does not tell: a TIFF, whose directory it wants to read and which most writers put at the end, out of reach in
 * a first part or a truncated file; and SVG, which is XML to it, or text.
 */
function bySignature(head: Buffer): FormatName | undefined {
  if (['49492a00', '4d4d002a'].includes(head.toString('hex', 0, 4))) return 'tiff';
  return beginsSvg(head.toString('latin1')) ? 'svg' : undefined;
}

/** Is its first element an `svg`? Before it may stand a declaration, comments and a DOCTYPE; whatever else there is, is text. */
function beginsSvg(text: string): boolean {
  const prolog =
    /^(?:\xef\xbb\xbf)?(?:\s+|<\?[^>]*>|<!--[^]*?-->|<!DOCTYPE[^[>]*(?:\[[^\]]*\]\s*)?>)*/.exec(text)?.[0] ?? '';
  return /^<(?:[\w.-]+:)?svg[\s/>]/.test(text.slice(prolog.length));
}

async function firstBytes(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
  return buffer.subarray(0, bytesRead);
}
