import { opaqueColourSchema } from '../colour.js';
import { formatNames, formatOf, type WritingOption, type WrittenFormat, writtenFormats } from '../formats.js';
import { defineOperation } from '../operation.js';

interface ConvertParameters {
  format: WrittenFormat;
  quality?: number;
  lossless?: boolean;
  effort?: number;
  progressive?: boolean;
  chromaSubsampling?: string;
  background?: string;
  density?: number;
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
    quality: {
      type: 'integer',
      minimum: 1,
      maximum: 100, // the scale of libjpeg, which the others took over
      description: `Of what is lossy. For ${takers('quality')}; default 80, avif 50.`,
      examples: [80],
    },
    lossless: {
      type: 'boolean',
      description: `Keep every pixel exactly. For ${takers('lossless')}; png, gif and tiff lose nothing anyway.`,
      default: false,
      examples: [true],
    },
    effort: {
      type: 'integer',
      minimum: 1,
      maximum: 9, // zlib's scale; the encoders' own are mapped onto it
      description: `From 1, fast, to 9, small. For ${takers('effort')}.`,
      examples: [4],
    },
    progressive: {
      type: 'boolean',
      description: `Let viewers show it coarsely while it arrives. For ${takers('progressive')}.`,
      default: false,
      examples: [true],
    },
    chromaSubsampling: {
      type: 'string',
      enum: ['4:2:0', '4:4:4'],
      description: `4:4:4 keeps coloured edges sharp. For ${takers('chromaSubsampling')}.`,
      default: '4:2:0',
      examples: ['4:4:4'],
    },
    background: {
      ...opaqueColourSchema,
      description: `What shines through a transparent image. For ${takers('background')}, which cannot be transparent.`,
      default: 'white',
    },
    density: {
      type: 'integer',
      minimum: 18, // an A4 page of 150 pixels
      maximum: 1200, // a printer's plate
      description: `Pixels an inch on a page. For ${takers('density')}; default as the input says of itself, else 150.`,
      examples: [300],
    },
  },
  required: ['format'],
  check: ({ format, ...set }) =>
    optionNames
      .filter((option) => set[option] !== undefined && !formatOf(format).options.includes(option))
      .map((option) => ({ parameter: option, detail: `${format} does not have it; it is for ${takers(option)}` })),
  apply(image, { format, effort, quality, lossless, progressive, chromaSubsampling }, { header }) {
    const animation = {
      ...(header.delays && { delay: [...header.delays] }),
      ...(header.loop !== undefined && { loop: header.loop }),
    };
    switch (format) {
      case 'jpeg':
        return image.jpeg({ quality, progressive, chromaSubsampling });
      case 'png':
        return image.png({ progressive, compressionLevel: onScale(effort, 1, 9) });
      case 'webp':
        return image.webp({ quality, lossless, effort: onScale(effort, 0, 6), ...animation });
      case 'avif':
        return image.avif({ quality, lossless, effort: onScale(effort, 0, 9) });
      case 'tiff':
        // sharp's default is JPEG within TIFF, which loses detail and the second half of 16 bits.
        return image.tiff({ compression: 'deflate', predictor: 'horizontal' });
      case 'gif':
        return image.gif({ progressive, effort: onScale(effort, 1, 10), ...animation });
      case 'pdf':
        // One page of it (pdf-pages.ts).
        return lossless ? image.png() : image.jpeg({ quality, chromaSubsampling });
      default:
        return format satisfies never;
    }
  },
});

const optionNames = [
  'quality',
  'lossless',
  'effort',
  'progressive',
  'chromaSubsampling',
  'background',
  'density',
] as const satisfies readonly WritingOption[];

/** The formats that take an option, for people. */
function takers(option: WritingOption): string {
  return formatNames.filter((name) => formatOf(name).options.includes(option)).join(', ');
}

/** From 1..9 to an encoder's own scale; undefined leaves its default. */
function onScale(effort: number | undefined, least: number, most: number): number | undefined {
  return effort === undefined ? undefined : Math.round(least + ((effort - 1) / 8) * (most - least));
}
