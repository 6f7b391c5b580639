import { densityRange } from '../limits.js';
import { defineOperation } from '../operation.js';

interface ReadParameters {
  page?: number;
  density?: number;
}

export const read = defineOperation<ReadParameters>({
  name: 'read',
  summary:
    'Says how the input is read: one page of several, or the density of what has no pixels of its own. It is read once, at the beginning: of several the first counts.',
  parameters: {
    page: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000, // beyond any limit of frames that a deployment sets
      description:
        'Take this page or frame alone, counted from 1. Without it all are taken, where the outcome has room for them.',
      examples: [1],
    },
    density: {
      type: 'integer',
      ...densityRange,
      description: 'Pixels an inch, for pdf (200 without it) and svg (96: a unit is a pixel).',
      examples: [300],
    },
  },
  oneOf: ['page', 'density'],
  // What it does is done before the first stage begins (journey.ts, reading.ts).
  apply: (image) => image,
});
