import { type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { create as contentDisposition } from 'content-disposition';
import { type Response } from 'express';

/** Bytes that were made for one answer and that nothing keeps. */
export interface EphemeralBytes {
  mediaType: string;
  /** Bytes. */
  size: number;
  /** Suggested to whoever saves it. */
  filename: string;
  /** Closed when it was sent, or cannot be. */
  file: FileHandle;
}

/** So much is read at once: a stream costs more than the bytes of most images that are made for a screen. */
const atOnceMax = 256 * 1024;

/** Sends them whole. There is no validator and no range: nothing is left that could be asked for again. */
export async function sendEphemeral(
  response: Response,
  { mediaType, size, filename, file }: EphemeralBytes,
): Promise<void> {
  response.setHeader('Content-Type', mediaType);
  response.setHeader('Content-Length', size);
  // What has a language of its own is not shown by a browser that is on this site.
  const type = mediaType.startsWith('image/') ? 'inline' : 'attachment';
  response.setHeader('Content-Disposition', contentDisposition(filename, { type }));
  neverRun(response);
  if (size > atOnceMax) return pipeline(file.createReadStream(), response);
  await using _closed = file;
  const { buffer } = await file.read(Buffer.allocUnsafe(size), 0, size, 0);
  response.end(buffer);
}

/** What strangers have sent is never run, whatever it claims to be. */
export function neverRun(response: Response): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
}
