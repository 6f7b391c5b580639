import { isNeutral, opaqueColourSchema } from '../colour.js';
import { defineOperation } from '../operation.js';
import { gravities, type Placement } from '../placement.js';

export interface WatermarkParameters extends Partial<Placement> {
  text?: string;
  image?: string;
  colour?: string;
  opacity?: number;
}

/** Characters of a text. A line of that many is as small as print gets on a photograph. */
const textMax = 200;

export const watermark = defineOperation<WatermarkParameters>({
  name: 'watermark',
  summary: 'Lays a text, or a stored image, over the image: once, or all over.',
  parameters: {
    text: {
      type: 'string',
      // Something to be seen, and no control characters.
      pattern: '^(?=.*\\S)[^\\p{Cc}\\p{Cs}]+$',
      maxLength: textMax,
      description: `One line, of at most ${textMax} characters. The font (DejaVu Sans) has Latin, Greek, Cyrillic, Arabic, Hebrew and more.`,
      examples: ['© Ann Lee 2026'],
    },
    image: {
      type: 'string',
      maxLength: 2_048, // an absolute URI of this service
      description: 'URI of a stored image, of which the first page is taken. Transparent parts stay so.',
      examples: ['/images/019a6f3e-6c1a-7bd2-9d3e-0f6b6a4d2c11'],
    },
    gravity: {
      type: 'string',
      enum: [...gravities],
      description: 'Where it lies, north being up. Tiles begin there.',
      default: 'southeast',
      examples: ['centre', 'northwest'],
    },
    size: {
      type: 'number',
      minimum: 1,
      maximum: 100,
      description: 'Its width in per cent of that of the image. Less where it would be too high.',
      default: 25,
      examples: [40],
    },
    margin: {
      type: 'number',
      minimum: 0,
      maximum: 50, // from there on nothing is left between two margins
      description: 'Its distance from the edges, and of tiles from each other, in per cent of the width of the image.',
      default: 2,
      examples: [5],
    },
    tile: { type: 'boolean', description: 'Repeat it all over.', default: false, examples: [true] },
    opacity: {
      type: 'number',
      minimum: 0.01,
      maximum: 1,
      description: 'From nearly invisible to solid.',
      default: 0.5,
      examples: [0.3],
    },
    colour: { ...opaqueColourSchema, description: 'Of the text.', default: 'white' },
  },
  oneOf: ['text', 'image'],
  images: ['image'],
  check({ text, image, colour }) {
    if (image === undefined) return [];
    const both = text !== undefined ? [{ parameter: 'text' as const, detail: 'a text or an image, not both' }] : [];
    return colour === undefined
      ? both
      : [...both, { parameter: 'colour', detail: 'an image has its own; it is for a text' }];
  },
  colours: ({ image, colour = 'white' }) => (image === undefined && isNeutral(colour) ? 'kept' : 'rgb'),
  async apply(image, parameters, { size, deep, transparency, limits, inputs }) {
    // It draws with sharp itself, which the processes that only know of operations must not load.
    const { drawMark } = await import('../mark.js');
    const placed = await drawMark(parameters, size, { limits, inputs });
    const marked = (deep ? image.pipelineColourspace('rgb16') : image).composite([placed]);
    return transparency ? marked : marked.removeAlpha(); // composite() adds one
  },
});
