import { ProcessingFailure } from '../failure.js';
import { sideMax } from '../limits.js';
import { defineOperation, type ParameterSchema } from '../operation.js';

interface CropParameters {
  left: number;
  top: number;
  width: number;
  height: number;
}

// The box lies in the input, whose sides may be longer than those that can be asked for: TIFF and PNG hold a million.
const offset = { type: 'integer', minimum: 0, maximum: 1_000_000 } as const;
const length = { type: 'integer', minimum: 1, maximum: sideMax } as const;

export const crop = defineOperation<CropParameters>({
  name: 'crop',
  summary: 'Cuts a box out of the image. The box has to lie within it.',
  parameters: {
    left: { ...offset, description: 'Pixels from the left edge.', examples: [0, 120] },
    top: { ...offset, description: 'Pixels from the top edge.', examples: [0, 80] },
    width: { ...length, description: 'Width of the box in pixels.', examples: [640] },
    height: { ...length, description: 'Height of the box in pixels.', examples: [480] },
  } satisfies Record<string, ParameterSchema>,
  required: ['left', 'top', 'width', 'height'],
  size({ left, top, width, height }, { size }) {
    if (left + width > size.width || top + height > size.height) {
      throw new ProcessingFailure(
        'operation-failed',
        `crop: the box ${width}x${height} at ${left},${top} reaches beyond the image, which is ${size.width}x${size.height} there.`,
      );
    }
    return { width, height };
  },
  apply: (image, { left, top, width, height }) => image.extract({ left, top, width, height }),
});
