import { ProcessingFailure } from '../failure.js';
import { sideMax } from '../limits.js';
import { defineOperation, type SizeContext } from '../operation.js';

interface CropParameters {
  left?: number;
  top?: number;
  width: number;
  height: number;
  by?: 'attention' | 'entropy';
}

// The box lies in the input, whose sides may be longer than those that can be asked for: TIFF and PNG hold a million.
const offset = { type: 'integer', minimum: 0, maximum: 1_000_000 } as const;
const length = { type: 'integer', minimum: 1, maximum: sideMax } as const;

export const crop = defineOperation<CropParameters>({
  name: 'crop',
  summary: 'Cuts a box out of the image: one at a place, or the part of that size that matters. It has to lie within.',
  parameters: {
    left: { ...offset, description: 'Pixels from the left edge.', examples: [0, 120] },
    top: { ...offset, description: 'Pixels from the top edge.', examples: [0, 80] },
    width: { ...length, description: 'Width of the box in pixels.', examples: [640] },
    height: { ...length, description: 'Height of the box in pixels.', examples: [480] },
    by: {
      type: 'string',
      enum: ['attention', 'entropy'],
      description:
        'Instead of a place: `attention` looks for faces, colours and detail, `entropy` for detail (images of one page).',
      examples: ['attention'],
    },
  },
  required: ['width', 'height'],
  check: ({ left, top, by }) => {
    if (by === undefined) {
      const missing = left === undefined ? 'left' : top === undefined ? 'top' : undefined;
      return missing ? [{ parameter: missing, detail: 'crop needs left and top, or by' }] : [];
    }
    const extra = left !== undefined ? 'left' : top !== undefined ? 'top' : undefined;
    return extra ? [{ parameter: extra, detail: `by ${by} looks for the place itself` }] : [];
  },
  size(box, context) {
    const { width, height } = box;
    if (box.by === undefined) holdBox({ ...box, left: box.left ?? 0, top: box.top ?? 0 }, context);
    else holdPart(box.by, box, context);
    return { width, height };
  },
  // What matters in colour is not what matters in grey.
  colours: ({ by }) => (by === undefined ? 'kept' : 'toned'),
  alone: ({ by }) => by !== undefined,
  apply: (image, { left = 0, top = 0, width, height, by }) =>
    by === undefined
      ? image.extract({ left, top, width, height })
      : // Not scaled: both sides may only be cut off.
        image.resize({ width, height, fit: 'cover', position: by, withoutReduction: true }),
});

function holdBox({ left, top, width, height }: Required<Omit<CropParameters, 'by'>>, { size }: SizeContext): void {
  if (left + width <= size.width && top + height <= size.height) return;
  throw new ProcessingFailure(
    'operation-failed',
    `crop: the box ${width}x${height} at ${left},${top} reaches beyond the image, which is ${size.width}x${size.height} there.`,
  );
}

function holdPart(by: string, { width, height }: CropParameters, { size, pages }: SizeContext): void {
  if (pages > 1) {
    throw new ProcessingFailure(
      'operation-failed',
      `crop: by ${by} would cut each of the ${pages} pages differently; give left and top, or choose one with read.`,
    );
  }
  if (width <= size.width && height <= size.height) return;
  throw new ProcessingFailure(
    'operation-failed',
    `crop: a part of ${width}x${height} is larger than the image, which is ${size.width}x${size.height} there.`,
  );
}
