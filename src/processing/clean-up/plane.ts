import { type Pixels } from '../native.js';
import { histogramOf, quantileOf } from './histogram.js';

/** One byte a pixel, row by row: a lightness, or 0 and 1 where it says what is ink. */
export interface Plane {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Whole numbers of any range, one a pixel, row by row. */
export interface Samples {
  readonly data: Uint8Array | Int16Array;
  readonly width: number;
  readonly height: number;
}

/** Lightness as Rec. 601 weighs it. What is transparent is seen on white paper. Not a copy where the page is grey already. */
export function lightnessOf({ data, width, height, channels }: Pixels): Plane {
  if (channels === 1) return { data, width, height };
  const light = new Uint8Array(width * height);
  const alpha = channels === 2 || channels === 4 ? channels - 1 : undefined;
  const [green, blue] = channels > 2 ? [1, 2] : [0, 0];
  for (let at = 0, from = 0; at < light.length; at += 1, from += channels) {
    const sum = 77 * (data[from] ?? 0) + 150 * (data[from + green] ?? 0) + 29 * (data[from + blue] ?? 0);
    const opacity = alpha === undefined ? 255 : (data[from + alpha] ?? 0);
    light[at] = opacity === 255 ? sum >> 8 : 255 - ((255 - (sum >> 8)) * opacity) / 255;
  }
  return { data: light, width, height };
}

/** Smaller by a whole number: each pixel is the mean of a square. What does not fill a square at the right and below is left out. */
export function reduced(plane: Plane, factor: number): Plane {
  if (factor <= 1) return plane;
  const width = Math.max(1, Math.floor(plane.width / factor));
  const height = Math.max(1, Math.floor(plane.height / factor));
  const across = Math.min(factor, plane.width);
  const down = Math.min(factor, plane.height);
  const data = new Uint8Array(width * height);
  const sums = new Uint32Array(width);
  for (let y = 0; y < height; y += 1) {
    sums.fill(0);
    for (let row = y * down; row < (y + 1) * down; row += 1) addRow(sums, plane, row, across);
    for (let x = 0; x < width; x += 1) data[y * width + x] = (sums[x] ?? 0) / (across * down);
  }
  return { data, width, height };
}

function addRow(sums: Uint32Array, { data, width }: Plane, row: number, across: number): void {
  let from = row * width;
  for (let x = 0; x < sums.length; x += 1) {
    let sum = 0;
    for (const end = from + across; from < end; from += 1) sum += data[from] ?? 0;
    sums[x] = (sums[x] ?? 0) + sum;
  }
}

/** The lightness that a share (0 to 1) of all pixels does not exceed. */
export function quantile({ data }: Plane, share: number): number {
  return quantileOf(histogramOf(data), share);
}

/** Dark and light change places. */
export function inverted({ data, width, height }: Plane): Plane {
  return { data: data.map((value) => 255 - value), width, height };
}
