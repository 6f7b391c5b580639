import { defineOperation } from '../operation.js';

export const grayscale = defineOperation<Record<never, never>>({
  name: 'grayscale',
  summary: 'Takes the colours out; one channel of luminance is left, and transparency where there was some.',
  parameters: {},
  colours: () => 'grey',
  // The pipeline converts when the pixels leave a stage: sharp's own grayscale() would cut 16 bits to 8.
  apply: (image) => image,
});
