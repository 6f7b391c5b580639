import { colourSchema, isNeutral, isOpaque } from '../colour.js';
import { defineOperation } from '../operation.js';

interface RotateParameters {
  angle: number;
  background?: string;
}

export const rotate = defineOperation<RotateParameters>({
  name: 'rotate',
  summary: 'Turns the image clockwise. It grows to hold its corners unless the angle is a multiple of 90.',
  parameters: {
    angle: {
      type: 'number',
      // A full turn either way; more is a mistake rather than a wish.
      minimum: -360,
      maximum: 360,
      description: 'Degrees, clockwise.',
      examples: [90, -2.5],
    },
    background: {
      ...colourSchema,
      description: 'What fills the corners. A format without transparency shows white for `transparent`.',
      default: 'transparent',
    },
  },
  required: ['angle'],
  colours: ({ background = 'transparent' }) => (isNeutral(background) ? 'kept' : 'rgb'),
  bares: ({ angle, background = 'transparent' }) => angle % 90 !== 0 && !isOpaque(background),
  size({ angle }, { size: { width, height } }) {
    const quarters = angle / 90;
    if (Number.isInteger(quarters)) return quarters % 2 === 0 ? { width, height } : { width: height, height: width };
    const radians = (angle * Math.PI) / 180;
    const [sine, cosine] = [Math.abs(Math.sin(radians)), Math.abs(Math.cos(radians))];
    return { width: Math.ceil(width * cosine + height * sine), height: Math.ceil(width * sine + height * cosine) };
  },
  apply: (image, { angle, background = 'transparent' }) => image.rotate(angle, { background }),
});
