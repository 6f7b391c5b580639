import { colourSchema, isNeutral, isOpaque } from '../colour.js';
import { sideMax } from '../limits.js';
import { defineOperation } from '../operation.js';

interface ExtendParameters {
  top?: number;
  right?: number;
  bottom?: number;
  left?: number;
  with?: 'background' | 'copy' | 'repeat' | 'mirror';
  background?: string;
}

const margin = { type: 'integer', minimum: 0, maximum: sideMax, default: 0, examples: [20] } as const;

export const extend = defineOperation<ExtendParameters>({
  name: 'extend',
  summary: 'Adds margins around the image.',
  parameters: {
    top: { ...margin, description: 'Pixels above.' },
    right: { ...margin, description: 'Pixels on the right.' },
    bottom: { ...margin, description: 'Pixels below.' },
    left: { ...margin, description: 'Pixels on the left.' },
    with: {
      type: 'string',
      enum: ['background', 'copy', 'repeat', 'mirror'],
      description: 'What they are filled with: a colour, the outermost pixels, the image again, or its mirror image.',
      default: 'background',
      examples: ['mirror'],
    },
    background: {
      ...colourSchema,
      description: 'The colour. A format without transparency shows white for `transparent`.',
      default: 'transparent',
    },
  },
  oneOf: ['top', 'right', 'bottom', 'left'],
  check: ({ with: filling = 'background', background }) =>
    background !== undefined && filling !== 'background'
      ? [{ parameter: 'background', detail: `${filling} fills the margins with the image, and needs no colour` }]
      : [],
  size: ({ top = 0, right = 0, bottom = 0, left = 0 }, { size }) => ({
    width: left + size.width + right,
    height: top + size.height + bottom,
  }),
  colours: ({ background = 'transparent' }) => (isNeutral(background) ? 'kept' : 'rgb'),
  bares: ({ with: filling = 'background', background = 'transparent' }) =>
    filling === 'background' && !isOpaque(background),
  apply: (
    image,
    { top = 0, right = 0, bottom = 0, left = 0, with: extendWith = 'background', background = 'transparent' },
  ) => image.extend({ top, right, bottom, left, extendWith, background }),
});
