import { type Readable } from 'node:stream';
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
  open: () => Readable;
}

/** Sends them whole. There is no validator and no range: nothing is left that could be asked for again. */
export async function sendEphemeral(
  response: Response,
  { mediaType, size, filename, open }: EphemeralBytes,
): Promise<void> {
  response.setHeader('Content-Type', mediaType);
  response.setHeader('Content-Length', size);
  response.setHeader('Content-Disposition', contentDisposition(filename, { type: 'inline' }));
  neverRun(response);
  await pipeline(open(), response);
}

/** What strangers have sent is never run, whatever it claims to be. */
export function neverRun(response: Response): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
}
