import { defineOperation } from '../operation.js';

interface ModulateParameters {
  brightness?: number;
  lightness?: number;
  saturation?: number;
  hue?: number;
}

// Ten times as much is white, or as colourful as a pixel can be, whatever it was.
const factor = { type: 'number', minimum: 0, maximum: 10 } as const;

export const modulate = defineOperation<ModulateParameters>({
  name: 'modulate',
  summary: 'Changes brightness, saturation and hue (in CIE LCh).',
  parameters: {
    brightness: { ...factor, description: 'Times the lightness; 1 leaves it.', default: 1, examples: [1.2] },
    lightness: {
      type: 'number',
      minimum: -100,
      maximum: 100, // the scale of L, from black to white
      description: 'Added to the lightness, which goes from 0 to 100.',
      default: 0,
      examples: [10],
    },
    saturation: { ...factor, description: 'Times the colourfulness; 0 leaves grey.', default: 1, examples: [0.5] },
    hue: {
      type: 'integer',
      minimum: -360,
      maximum: 360,
      description: 'Degrees by which hues are turned: red becomes green at about 120.',
      default: 0,
      examples: [90],
    },
  },
  oneOf: ['brightness', 'lightness', 'saturation', 'hue'],
  colours: () => 'toned',
  apply: (image, { brightness = 1, lightness = 0, saturation = 1, hue = 0 }) =>
    image.modulate({ brightness, lightness, saturation, hue }),
});
