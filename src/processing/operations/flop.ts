import { defineOperation } from '../operation.js';

export const flop = defineOperation<Record<never, never>>({
  name: 'flop',
  summary: 'Mirrors the image left to right.',
  parameters: {},
  apply: (image) => image.flop(),
});
