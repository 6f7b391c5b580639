import { type Metadata } from 'sharp';
import { decoderOf } from './decoders/decoders.js';
import { type Look, type Reading } from './decoders/decoder.js';
import { endsTooEarly } from './cut-short.js';
import { invalidImage, invalidImageFormat, megapixels, ProcessingFailure, truncatedImage } from './failure.js';
import { formatOf, formats, isRead, type FormatName } from './formats.js';
import { type Header } from './header.js';
import { type Limits } from './limits.js';
import { openFile } from './native.js';
import { sniff } from './sniff.js';
import { isTruncated } from './truncation.js';

/** The first page, as its decoder finds right. */
const asItIs: Reading = { page: 0 };

/**
 * Reads the header of an image file, no pixel.
 * @throws ProcessingFailure `invalid-image`, `format-off`, or `too-large` by what the header says of itself
 * @throws the error of the file system when the file cannot be read
 */
export async function inspect(path: string, limits: Limits, reading: Reading = asItIs): Promise<Header> {
  // Before any decoder sees it: bytes of another type are not even tried.
  const format = await sniff(path);
  if (!format) throw invalidImage();
  if (!isRead(format, limits.formatsExtra)) {
    const name = format.toUpperCase();
    throw new ProcessingFailure('format-off', `${name} is not read here: FORMATS_EXTRA does not switch it on.`);
  }
  if (await endsTooEarly(path, format)) throw invalidImage(truncatedImage);
  const header = await headerOf(path, format, reading, limits);
  holdLimits(header, limits);
  return header;
}

async function headerOf(path: string, format: FormatName, reading: Reading, limits: Limits): Promise<Header> {
  const decoder = decoderOf(format);
  if (decoder) return headerOfLook(format, await decoder.look(path, reading, limits));
  const metadata = await readMetadata(path, format, reading, limits);
  const { width, height, pages = 1, orientation = 1, density } = metadata;
  return {
    format,
    mediaType: formats[format].mediaType,
    width,
    height,
    pages,
    pixels: width * height * pages,
    depth: depthOf(metadata),
    colours: coloursOf(metadata),
    transparency: metadata.hasAlpha,
    profile: metadata.hasProfile,
    ...(orientation > 1 && { orientation }),
    ...(density !== undefined && { density }),
    ...(metadata.delay && { delays: metadata.delay }),
    ...(metadata.loop !== undefined && { loop: metadata.loop }),
  };
}

function headerOfLook(format: FormatName, look: Look): Header {
  const { mediaType } = formatOf(format);
  const pixels = look.width * look.height * look.pages;
  return { format, mediaType, pixels, depth: 8, colours: 'rgb', ...look };
}

function holdLimits({ format, width, height, pages }: Header, { pixelsMax, framesMax }: Limits): void {
  // Decoders pass on what a file says of itself, be it nothing at all.
  if (width < 1 || height < 1) throw invalidImage();
  // Of a PDF each page is rendered by itself: what all that are wanted come to is asked where they are (journey.ts).
  const counted = format === 'pdf' ? 1 : pages;
  const pixels = width * height * counted;
  if (pixels > pixelsMax) {
    const which = counted > 1 ? `${width}x${height} on ${pages} pages` : `${width}x${height}`;
    throw new ProcessingFailure(
      'too-large',
      `The image has ${megapixels(pixels)} (${which}); the limit is ${megapixels(pixelsMax)}.`,
    );
  }
  if (pages > framesMax) {
    throw new ProcessingFailure('too-large', `The image has ${pages} pages; the limit is ${framesMax}.`);
  }
}

async function readMetadata(path: string, format: FormatName, { page }: Reading, limits: Limits): Promise<Metadata> {
  try {
    // Without libvips's own limit of pixels, so that the refusal can name them. No pixel is allocated here.
    return await openFile(path, { ...limits, pixelsMax: Number.MAX_SAFE_INTEGER }, 'first', page).metadata();
  } catch (error) {
    throw await unreadable(path, format, error);
  }
}

/** The refusal of a file that libvips could not read. */
export async function unreadable(path: string, format: FormatName, error: unknown): Promise<ProcessingFailure> {
  const truncated = await isTruncated(path, format, error instanceof Error ? error.message : '');
  return invalidImage(truncated ? truncatedImage : invalidImageFormat);
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
