import { isNeutral, opaqueColourSchema } from '../colour.js';
import { defineOperation } from '../operation.js';

interface FlattenParameters {
  background?: string;
}

export const flatten = defineOperation<FlattenParameters>({
  name: 'flatten',
  summary: 'Lays a transparent image onto a colour; an opaque one stays as it is.',
  parameters: {
    background: { ...opaqueColourSchema, description: 'What shines through.', default: 'white' },
  },
  colours: ({ background = 'white' }) => (isNeutral(background) ? 'kept' : 'rgb'),
  apply: (image, { background = 'white' }) => image.flatten({ background }),
});
