import { defineOperation } from '../operation.js';

/** EXIF 2.32 4.6.4 A, orientation: what brings the stored pixels upright, in the order flip, flop, rotate. */
const upright: Readonly<Record<number, { flip?: true; flop?: true; rotate?: number }>> = {
  2: { flop: true },
  3: { rotate: 180 },
  4: { flip: true },
  5: { flip: true, rotate: 90 },
  6: { rotate: 90 },
  7: { flop: true, rotate: 90 },
  8: { rotate: 270 },
};

export const autorotate = defineOperation<Record<never, never>>({
  name: 'autorotate',
  summary: 'Turns the image upright as its EXIF orientation says. Without it the orientation is passed on untouched.',
  parameters: {},
  size: (_, { orientation, size }) =>
    // 5 to 8 lie on their side.
    orientation >= 5 ? { width: size.height, height: size.width } : size,
  apply(image, _, { orientation, fromFile }) {
    // sharp does it itself and lazily, so that a large JPEG is shrunk while it is loaded. Raw pixels have no EXIF.
    if (fromFile) return image.autoOrient();
    const { flip = false, flop = false, rotate = 0 } = upright[orientation] ?? {};
    return image.flip(flip).flop(flop).rotate(rotate);
  },
});
