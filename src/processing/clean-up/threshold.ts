import { type Size } from '../operation.js';
import { type Plane, quantile } from './plane.js';

export interface ThresholdOptions {
  /** Side of the square that a pixel is compared with, odd. */
  readonly window: number;
  /** How much darker than its surroundings ink has to be, 0 to 1. */
  readonly k?: number;
}

/** Less than the 0.5 of the papers, which loses strokes of faint print. */
export const usualK = 0.3;

/**
 * What is ink, by a threshold for each pixel from the mean and deviation around it: Sauvola and Pietikäinen, "Adaptive document
 * image binarization" (2000), with the deviation and the darkest ink measured on the page rather than assumed, after Wolf and
 * Jolion, "Extraction and recognition of artificial text in multimedia documents" (2003): faint print is print too.
 */
export function inkOf(plane: Plane, { window, k = usualK }: ThresholdOptions): Plane {
  const { data, width, height } = plane;
  const ink = new Uint8Array(data.length);
  const darkest = quantile(plane, 0.001);
  const paper = quantile(plane, 0.75);
  // Between ink and paper, half of each, the deviation is half of their distance: no window has more.
  const deviationMax = Math.max(1, (paper - darkest) / 2);
  // Well within a black area there is nothing lighter to compare with.
  const surelyInk = darkest + (paper - darkest) / 6;
  eachWindow(plane, window, (at, mean, deviation) => {
    const value = data[at] ?? 0;
    const threshold = mean - k * (1 - deviation / deviationMax) * (mean - darkest);
    ink[at] = value < threshold - noise || value < surelyInk ? 1 : 0;
  });
  return { data: ink, width, height };
}

/** A 40th of the shorter side, but no less than tells paper from ink: 61 of an A4 page at 300 dots per inch, about two lines. */
export function windowFor({ width, height }: Size): number {
  return Math.max(15, Math.round(Math.min(width, height) / 80) * 2 + 1);
}

/** Where everything around is as light as the pixel is, less than this is no difference. */
const noise = 2;

/** Mean and deviation of the square around each pixel, cut off at the edges. Sums slide along: the time does not depend on the window. */
function eachWindow(
  { data, width, height }: Plane,
  window: number,
  tell: (at: number, mean: number, deviation: number) => void,
): void {
  const reach = window >> 1;
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  const add = (row: number, sign: 1 | -1): void => {
    for (let x = 0, at = row * width; x < width; x += 1, at += 1) {
      const value = data[at] ?? 0;
      sums[x] = (sums[x] ?? 0) + sign * value;
      squares[x] = (squares[x] ?? 0) + sign * value * value;
    }
  };
  for (let row = 0; row < Math.min(reach, height); row += 1) add(row, 1);
  for (let y = 0; y < height; y += 1) {
    if (y + reach < height) add(y + reach, 1);
    if (y - reach > 0) add(y - reach - 1, -1);
    const rows = Math.min(y + reach, height - 1) - Math.max(y - reach, 0) + 1;
    slide(sums, squares, reach, rows, (x, mean, deviation) => tell(y * width + x, mean, deviation));
  }
}

function slide(
  sums: Float64Array,
  squares: Float64Array,
  reach: number,
  rows: number,
  tell: (x: number, mean: number, deviation: number) => void,
): void {
  const width = sums.length;
  let sum = 0;
  let square = 0;
  for (let x = 0; x < Math.min(reach, width); x += 1) {
    sum += sums[x] ?? 0;
    square += squares[x] ?? 0;
  }
  for (let x = 0; x < width; x += 1) {
    if (x + reach < width) {
      sum += sums[x + reach] ?? 0;
      square += squares[x + reach] ?? 0;
    }
    if (x > reach) {
      sum -= sums[x - reach - 1] ?? 0;
      square -= squares[x - reach - 1] ?? 0;
    }
    const count = rows * (Math.min(x + reach, width - 1) - Math.max(x - reach, 0) + 1);
    const mean = sum / count;
    tell(x, mean, Math.sqrt(Math.max(0, square / count - mean * mean)));
  }
}
