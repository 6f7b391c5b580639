import { defineOperation } from '../operation.js';

export const flip = defineOperation<Record<never, never>>({
  name: 'flip',
  summary: 'Mirrors the image upside down.',
  parameters: {},
  apply: (image) => image.flip(),
});
