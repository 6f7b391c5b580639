import { type Sharp } from 'sharp';
import { isSystemError } from '../system-error.js';
import { decoderOf } from './decoders/decoders.js';
import { type FormatName } from './formats.js';
import { type Limits } from './limits.js';
import { openFile, openPixels } from './native.js';

/** null where it cannot be decoded: it looks like nothing then. What keeps a file from being read is no fault of the image. */
export async function ifDecodes<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (isSystemError(error)) throw error;
    return null;
  }
}

/** Pixels an inch, of a page that is drawn to be looked at: a few hundred along a side. */
const density = 24;

/** The first page of an image, upright, for whoever wants to know what it looks like. */
export async function firstPage(path: string, format: FormatName, limits: Limits): Promise<Sharp> {
  const reading = { page: 0, ...(format === 'pdf' && { density }) };
  const pixels = await decoderOf(format)?.decode(path, 'first', reading, limits);
  return pixels ? openPixels(pixels) : openFile(path, limits, 'first').autoOrient();
}
