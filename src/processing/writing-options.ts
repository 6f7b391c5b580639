import { opaqueColourSchema } from './colour.js';
import { formatNames, formatOf, type FormatName, type WritingOption } from './formats.js';
import { densityRange } from './limits.js';
import { type ParameterSchema } from './operation.js';

/** How a format is written: the parameters of `convert` beside the format. */
export interface WritingOptions {
  quality?: number;
  lossless?: boolean;
  nearLossless?: boolean;
  effort?: number;
  progressive?: boolean;
  mozjpeg?: boolean;
  chromaSubsampling?: string;
  smartSubsampling?: boolean;
  compression?: TiffCompression;
  palette?: boolean;
  colours?: number;
  dither?: number;
  loop?: number;
  background?: string;
  density?: number;
}

const tiffCompressions = ['none', 'deflate', 'lzw', 'packbits', 'jpeg'] as const;
type TiffCompression = (typeof tiffCompressions)[number];

export const writingParameters: Readonly<Record<WritingOption, ParameterSchema>> = {
  quality: {
    type: 'integer',
    minimum: 1,
    maximum: 100, // the scale of libjpeg, which the others took over
    description: `Of what is lossy. For ${takers('quality')} (with compression jpeg); default 80, avif 50.`,
    examples: [80],
  },
  lossless: {
    type: 'boolean',
    description: `Keep every pixel exactly. For ${takers('lossless')}; png, gif and tiff lose nothing anyway.`,
    default: false,
    examples: [true],
  },
  nearLossless: {
    type: 'boolean',
    description: `Lossless, after pixels have been changed a little; quality says how little. For ${takers('nearLossless')}.`,
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
  mozjpeg: {
    type: 'boolean',
    description: `Smaller at the same quality, and slower; always progressive. For ${takers('mozjpeg')}.`,
    default: false,
    examples: [true],
  },
  chromaSubsampling: {
    type: 'string',
    enum: ['4:2:0', '4:4:4'],
    description: `4:4:4 keeps coloured edges sharp. For ${takers('chromaSubsampling')}; default 4:2:0, avif 4:4:4.`,
    examples: ['4:4:4'],
  },
  smartSubsampling: {
    type: 'boolean',
    description: `Colours are halved in a way that keeps edges sharper, and slower. For ${takers('smartSubsampling')}.`,
    default: false,
    examples: [true],
  },
  compression: {
    type: 'string',
    enum: [...tiffCompressions],
    description: `All but jpeg lose nothing; jpeg has 8 bits and no transparency. For ${takers('compression')}.`,
    default: 'deflate',
    examples: ['lzw'],
  },
  palette: {
    type: 'boolean',
    description: `At most 256 colours, so that drawings become small. For ${takers('palette')}; gif has no other way.`,
    default: false,
    examples: [true],
  },
  colours: {
    type: 'integer',
    minimum: 2,
    maximum: 256, // 8 bits are what an index has (PNG 3rd edition 11.2.2, GIF89a 18)
    description: `Colours of the palette. For ${takers('colours')}.`,
    default: 256,
    examples: [32],
  },
  dither: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: `How far errors of the palette are spread over neighbours (Floyd-Steinberg). For ${takers('dither')}.`,
    default: 1,
    examples: [0.5],
  },
  loop: {
    type: 'integer',
    minimum: 0,
    maximum: 65_535, // 16 bits, in both formats
    description: `How often an animation plays, 0 for ever; else as in the input. For ${takers('loop')}.`,
    examples: [0, 3],
  },
  background: {
    ...opaqueColourSchema,
    description: `What shines through a transparent image, where the outcome cannot be transparent. For ${takers('background')} (with compression jpeg).`,
    default: 'white',
  },
  density: {
    type: 'integer',
    ...densityRange,
    description: `Pixels an inch on a page. For ${takers('density')}; default as the input says of itself, else 150.`,
    examples: [300],
  },
};

interface Misfit {
  parameter: WritingOption;
  detail: string;
}

/** Options that the format does not have, or that do not go together. */
export function misfitsOf(format: FormatName, options: WritingOptions): Misfit[] {
  const strange = writingOptions
    .filter((option) => options[option] !== undefined && !formatOf(format).options.includes(option))
    .map((option) => ({
      parameter: option,
      detail: `${format} does not have it; it is for ${takers(option)}`,
    }));
  return strange.length > 0 ? strange : contradictionsOf(format, options);
}

function contradictionsOf(format: FormatName, options: WritingOptions): Misfit[] {
  const { lossless = false, nearLossless = false, mozjpeg = false, palette = false, compression } = options;
  const isSet = (option: WritingOption): boolean => options[option] !== undefined && options[option] !== false;
  const rules: readonly (readonly [boolean, WritingOption, string])[] = [
    [lossless, 'nearLossless', 'lossless changes no pixel; leave one of the two out'],
    [lossless, 'quality', 'lossless keeps every pixel; leave one of the two out'],
    [lossless, 'chromaSubsampling', 'lossless keeps all colours; leave one of the two out'],
    [lossless || nearLossless, 'smartSubsampling', 'lossless and nearLossless keep all colours'],
    [format === 'png' && !palette, 'colours', 'only a palette has a number of colours; set palette to true'],
    [format === 'png' && !palette, 'dither', 'only a palette needs it; set palette to true'],
    [format === 'tiff' && compression !== 'jpeg', 'quality', 'only compression jpeg has one in tiff'],
    [format === 'tiff' && compression !== 'jpeg', 'background', 'only compression jpeg lacks transparency in tiff'],
  ];
  const contradictions = rules
    .filter(([applies, option]) => applies && isSet(option))
    .map(([, parameter, detail]) => ({ parameter, detail }));
  if (mozjpeg && options.progressive === false) {
    contradictions.push({
      parameter: 'progressive',
      detail: 'mozjpeg is always progressive; leave one of the two out',
    });
  }
  return contradictions;
}

const writingOptions = Object.keys(writingParameters).filter(
  (name): name is WritingOption => name in writingParameters,
);

/** The formats that take an option, for people. */
function takers(option: WritingOption): string {
  return formatNames.filter((name) => formatOf(name).options.includes(option)).join(', ');
}
