import { type Sharp } from 'sharp';
import { type WrittenFormat, writtenFormats } from '../formats.js';
import { type Header } from '../header.js';
import { defineOperation, type OperationContext } from '../operation.js';
import { misfitsOf, type WritingOptions, writingParameters } from '../writing-options.js';

interface ConvertParameters extends WritingOptions {
  format: WrittenFormat;
}

export const convert = defineOperation<ConvertParameters>({
  name: 'convert',
  summary:
    'Sets the format of the outcome and how it is written; without it the format of the input is kept (of heic jpeg is made, of bmp and svg png). Pixels are written once, at the end: of several the last counts.',
  parameters: {
    format: {
      type: 'string',
      enum: [...writtenFormats],
      description:
        'Animations stay animated from and to gif and webp; several pages stay several in tiff and pdf. Elsewhere the first is taken.',
      examples: ['webp'],
    },
    ...writingParameters,
  },
  required: ['format'],
  check: ({ format, ...options }) => misfitsOf(format, options),
  apply: (image, { format, ...options }, context) => written(image, format, options, context),
});

/** libjpeg needs the whole image before it writes any of it, 3 to 6 bytes a pixel, to make a JPEG a few per cent smaller. */
const optimisedPixelsMax = 50_000_000;

function written(
  image: Sharp,
  format: WrittenFormat,
  options: WritingOptions,
  { header, size }: OperationContext,
): Sharp {
  const { quality, lossless, nearLossless, effort, progressive, chromaSubsampling, colours, dither } = options;
  switch (format) {
    case 'jpeg':
      return image.jpeg({
        ...{ quality, progressive, chromaSubsampling },
        optimiseCoding: size.width * size.height <= optimisedPixelsMax,
        ...(options.mozjpeg && { mozjpeg: true }),
      });
    case 'png': {
      // sharp takes any of these for the wish for a palette.
      const palette = options.palette && { palette: true, colours, dither, effort: onScale(effort, 1, 10) };
      return image.png({ progressive, compressionLevel: onScale(effort, 1, 9), ...palette });
    }
    case 'webp': {
      const { smartSubsampling: smartSubsample } = options;
      const loss = { quality, lossless, nearLossless, smartSubsample };
      return image.webp({ ...loss, effort: onScale(effort, 0, 6), ...animationOf(header, options) });
    }
    case 'avif':
      return image.avif({ quality, lossless, chromaSubsampling, effort: onScale(effort, 0, 9) });
    case 'tiff': {
      // sharp's default is JPEG within TIFF, which loses detail and the second half of 16 bits.
      const { compression = 'deflate' } = options;
      return image.tiff({ compression, quality, predictor: compression === 'jpeg' ? 'none' : 'horizontal' });
    }
    case 'gif': {
      const palette = { colours, dither, effort: onScale(effort, 1, 10) };
      return image.gif({ progressive, ...palette, ...animationOf(header, options) });
    }
    case 'pdf':
      // One page of it (pdf/encode-pdf.ts).
      return lossless ? image.png() : image.jpeg({ quality, chromaSubsampling });
    default:
      return format satisfies never;
  }
}

function animationOf({ delays, loop }: Header, options: WritingOptions): { delay?: number[]; loop?: number } {
  const plays = options.loop ?? loop;
  return { ...(delays && { delay: [...delays] }), ...(plays !== undefined && { loop: plays }) };
}

/** From 1..9 to an encoder's own scale; undefined leaves its default. */
function onScale(effort: number | undefined, least: number, most: number): number | undefined {
  return effort === undefined ? undefined : Math.round(least + ((effort - 1) / 8) * (most - least));
}
