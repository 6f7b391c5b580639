import { defineOperation } from '../operation.js';

interface BlurParameters {
  sigma: number;
}

export const blur = defineOperation<BlurParameters>({
  name: 'blur',
  summary: 'Makes the image soft, as a lens out of focus does (Gaussian).',
  parameters: {
    sigma: {
      type: 'number',
      minimum: 0.3, // less changes nothing
      maximum: 100, // nothing of a photograph is left then, and the time grows with it
      description: 'Standard deviation of the Gaussian in pixels: detail smaller than about twice that disappears.',
      examples: [2.5],
    },
  },
  required: ['sigma'],
  // In colour and in grey, light mixes differently.
  colours: () => 'toned',
  apply: (image, { sigma }) => image.blur({ sigma }),
});
