import { opaqueColourSchema } from '../colour.js';
import { defineOperation } from '../operation.js';

interface TintParameters {
  colour: string;
}

export const tint = defineOperation<TintParameters>({
  name: 'tint',
  summary: 'Gives the whole image one hue and keeps its lightness, as old photographs have it.',
  parameters: {
    colour: { ...opaqueColourSchema, description: 'Whose hue it is to have.', examples: ['#704214', 'teal'] },
  },
  required: ['colour'],
  colours: () => 'rgb',
  apply: (image, { colour }) => image.tint(colour),
});
