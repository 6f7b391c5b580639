import { defineOperation } from '../operation.js';

interface SharpenParameters {
  sigma?: number;
  flat?: number;
  jagged?: number;
}

export const sharpen = defineOperation<SharpenParameters>({
  name: 'sharpen',
  summary: 'Makes edges crisper (an unsharp mask on the lightness alone). Best after `resize`.',
  parameters: {
    sigma: {
      type: 'number',
      minimum: 0.3, // less changes nothing
      maximum: 10, // what libvips takes
      description: 'How wide an edge is, in pixels.',
      default: 1,
      examples: [0.8],
    },
    flat: {
      type: 'number',
      minimum: 0,
      maximum: 20, // beyond, every pixel is black or white
      description: 'How much where there are no edges: noise lives there.',
      default: 1,
      examples: [0.5],
    },
    jagged: {
      type: 'number',
      minimum: 0,
      maximum: 20,
      description: 'How much at edges.',
      default: 2,
      examples: [3],
    },
  },
  // Its lightness in colour is not that in grey.
  colours: () => 'toned',
  apply: (image, { sigma = 1, flat = 1, jagged = 2 }) => image.sharpen({ sigma, m1: flat, m2: jagged }),
});
