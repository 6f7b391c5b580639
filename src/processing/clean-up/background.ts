import { type Plane, quantile, reduced } from './plane.js';

/** Shadows may end at a sharp edge: so many points along a page's longer side show it to a few pixels. */
const sideSought = 1200;

export interface Background extends Plane {
  /** How many pixels of the page are one of these. */
  readonly factor: number;
  /** What share of it most of the paper reaches: grain makes the lightest points lighter than paper is. */
  readonly reached: number;
}

/** Of all points; print covers less than the rest of a page. */
const paperQuantile = 0.3;

/**
 * How light the page is where there is nothing on it: a closing, which takes away what is darker than its surroundings and narrower
 * than `share` of the longer side. At the edge of a shadow it is as dark as in it, one point further than the shadow goes: paper that
 * is thought too dark only becomes white, while what is thought too light stays as a dark line.
 */
export function backgroundOf(light: Plane, share: number): Background {
  const factor = Math.max(1, Math.ceil(Math.max(light.width, light.height) / sideSought));
  const small = reduced(light, factor);
  const reach = Math.max(1, Math.round((share * Math.max(small.width, small.height)) / 2));
  const spread = bothWays(small, (line) => highest(line, reach));
  const background = bothWays(spread, (line) => lowest(line, reach + 1));
  return { ...background, factor, reached: reachedBy(small, background) };
}

function reachedBy(light: Plane, background: Plane): number {
  const shares = light.data.map((value, at) => Math.min(255, (255 * value) / Math.max(1, background.data[at] ?? 1)));
  return quantile({ ...light, data: shares }, paperQuantile) / 255;
}

function bothWays(plane: Plane, alongRow: (line: Uint8Array) => Uint8Array): Plane {
  return transposed(rowByRow(transposed(rowByRow(plane, alongRow)), alongRow));
}

function rowByRow({ data, width, height }: Plane, alongRow: (line: Uint8Array) => Uint8Array): Plane {
  const made = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) made.set(alongRow(data.subarray(y * width, (y + 1) * width)), y * width);
  return { data: made, width, height };
}

function transposed({ data, width, height }: Plane): Plane {
  const made = new Uint8Array(data.length);
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) made[x * height + y] = data[at] ?? 0;
  }
  return { data: made, width: height, height: width };
}

/**
 * The highest value within reach of each, three comparisons each whatever the reach: M. van Herk, "A fast algorithm for local minimum
 * and maximum filters on rectangular and octagonal kernels" (1992). Beyond the ends there is nothing.
 */
function highest(line: Uint8Array, reach: number): Uint8Array {
  const window = 2 * reach + 1;
  const length = Math.ceil((line.length + 2 * reach) / window) * window;
  const padded = new Uint8Array(length);
  padded.set(line, reach);
  const toEnd = padded.slice();
  // Both run within stretches of a window's length, one from their beginnings and one from their ends.
  for (let at = 1; at < length; at += 1) {
    if (at % window !== 0) padded[at] = Math.max(padded[at] ?? 0, padded[at - 1] ?? 0);
    const back = length - 1 - at;
    if ((back + 1) % window !== 0) toEnd[back] = Math.max(toEnd[back] ?? 0, toEnd[back + 1] ?? 0);
  }
  return line.map((_, at) => Math.max(toEnd[at] ?? 0, padded[at + window - 1] ?? 0));
}

function lowest(line: Uint8Array, reach: number): Uint8Array {
  return opposite(highest(opposite(line), reach));
}

function opposite(line: Uint8Array): Uint8Array {
  return line.map((value) => 255 - value);
}
