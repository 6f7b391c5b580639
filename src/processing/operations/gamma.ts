import { defineOperation } from '../operation.js';

interface GammaParameters {
  gamma: number;
}

export const gamma = defineOperation<GammaParameters>({
  name: 'gamma',
  summary: 'Makes the middle tones lighter or darker; black and white stay.',
  parameters: {
    gamma: {
      type: 'number',
      minimum: 0.34, // sharp raises to powers from 1/3 to 3
      maximum: 3,
      description: 'Values (from 0 to 1) are raised to the power 1/gamma: more than 1 is lighter, less is darker.',
      examples: [1.4, 0.7],
    },
  },
  required: ['gamma'],
  colours: () => 'toned',
  // sharp darkens by its first parameter before it resizes, and lightens by its second afterwards; here nothing is between.
  apply: (image, { gamma: exponent }) => (exponent >= 1 ? image.gamma(1, exponent) : image.gamma(1 / exponent, 1)),
});
