import { type Metadata } from 'sharp';
import { endsTooEarly } from './cut-short.js';
import { invalidImageFormat, megapixels, ProcessingFailure, truncatedImage } from './failure.js';
import { formats, type FormatName } from './formats.js';
import { type Header } from './header.js';
import { type Limits } from './limits.js';
import { openFile } from './native.js';
import { sniff } from './sniff.js';
import { isTruncated } from './truncation.js';

/**
 * Reads the header of an image file, no pixel.
 * @throws ProcessingFailure `invalid-image`, or `too-large` by what the header says of itself
 * @throws the error of the file system when the file cannot be read
 */
export async function inspect(path: string, limits: Limits): Promise<Header> {
  // Before libvips sees it: bytes of another type are not even tried.
  const format = await sniff(path);
  if (!format) throw new ProcessingFailure('invalid-image', invalidImageFormat);

  if (await endsTooEarly(path, format)) throw new ProcessingFailure('invalid-image', truncatedImage);
  const metadata = await readMetadata(path, format, limits);
  const { width, height, pages = 1, orientation = 1 } = metadata;
  const pixels = width * height * pages;
  if (pixels > limits.pixelsMax) {
    const which = pages > 1 ? `${width}x${height} on ${pages} pages` : `${width}x${height}`;
    throw new ProcessingFailure(
      'too-large',
      `The image has ${megapixels(pixels)} (${which}); the limit is ${megapixels(limits.pixelsMax)}.`,
    );
  }
  if (pages > limits.framesMax) {
    throw new ProcessingFailure('too-large', `The image has ${pages} pages; the limit is ${limits.framesMax}.`);
  }
  return {
    format,
    mediaType: formats[format].mediaType,
    width,
    height,
    pages,
    pixels,
    depth: depthOf(metadata),
    colours: coloursOf(metadata),
    transparency: metadata.hasAlpha,
    profile: metadata.hasProfile,
    ...(orientation > 1 && { orientation }),
    ...(metadata.delay && { delays: metadata.delay }),
    ...(metadata.loop !== undefined && { loop: metadata.loop }),
  };
}

async function readMetadata(path: string, format: FormatName, limits: Limits): Promise<Metadata> {
  try {
    // Without libvips's own limit of pixels, so that the refusal can name them. No pixel is allocated here.
    return await openFile(path, { ...limits, pixelsMax: Number.MAX_SAFE_INTEGER }, 'first').metadata();
  } catch (error) {
    throw await unreadable(path, format, error);
  }
}

/** The refusal of a file that libvips could not read. */
export async function unreadable(path: string, format: FormatName, error: unknown): Promise<ProcessingFailure> {
  const truncated = await isTruncated(path, format, error instanceof Error ? error.message : '');
  return new ProcessingFailure('invalid-image', truncated ? truncatedImage : invalidImageFormat);
}

function depthOf({ depth }: Metadata): Header['depth'] {
  if (depth === 'uchar' || depth === 'char') return 8;
  return depth === 'ushort' || depth === 'short' ? 16 : 32;
}

function coloursOf({ space }: Metadata): Header['colours'] {
  switch (space) {
    case 'b-w':
    case 'grey16':
      return 'grey';
    case 'srgb':
    case 'rgb':
    case 'rgb16':
      return 'rgb';
    case 'cmyk':
      return 'cmyk';
    case 'lab':
    case 'labs':
    case 'labq':
      return 'lab';
    default:
      return 'other';
  }
}
