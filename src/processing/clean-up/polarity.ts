import { type Plane, quantile, reduced } from './plane.js';

/** Polarity shows on a page of so many pixels along its longer side. */
const sideSought = 1000;
/** Side of a square in which the light is even, and paper is more than half. */
const tile = 40;

/**
 * Is it light print on dark ground? In a small square, most is ground, which is the median; print draws the mean to its side. How dark
 * the page is says nothing: it may lie in shadow.
 */
export function isNegative(light: Plane): boolean {
  const plane = reduced(light, Math.ceil(Math.max(light.width, light.height) / sideSought));
  let drawn = 0;
  for (let top = 0; top < plane.height; top += tile) {
    for (let left = 0; left < plane.width; left += tile) {
      const square = squareOf(plane, left, top);
      const mean = square.data.reduce((sum, value) => sum + value, 0) / square.data.length;
      drawn += mean - quantile(square, 0.5);
    }
  }
  return drawn > 0;
}

function squareOf({ data, width, height }: Plane, left: number, top: number): Plane {
  const across = Math.min(tile, width - left);
  const down = Math.min(tile, height - top);
  const square = new Uint8Array(across * down);
  for (let y = 0; y < down; y += 1) {
    const from = (top + y) * width + left;
    square.set(data.subarray(from, from + across), y * across);
  }
  return { data: square, width: across, height: down };
}
