import { type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Response } from 'express';
import { describeForeign } from './foreign-content.js';

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
  describeForeign(response, mediaType, filename);
  if (size > atOnceMax) return pipeline(file.createReadStream(), response);
  await using _closed = file;
  const { buffer } = await file.read(Buffer.allocUnsafe(size), 0, size, 0);
  response.end(buffer);
}
