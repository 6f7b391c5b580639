import { type Plane, reduced } from './plane.js';

/** The light on a page changes slowly: so many points along its longer side tell it. */
const sideSought = 320;

export interface Background extends Plane {
  /** How many pixels of the page are one of these. */
  readonly factor: number;
}

/**
 * How light the page is where there is nothing on it: a closing, which takes away what is darker than its surroundings and narrower
 * than `share` of the longer side, and a little smoothing. Two passes of a maximum and two of a minimum, along rows and columns.
 */
export function backgroundOf(light: Plane, share: number): Background {
  const factor = Math.max(1, Math.ceil(Math.max(light.width, light.height) / sideSought));
  const small = reduced(light, factor);
  const reach = Math.max(1, Math.round((share * Math.max(small.width, small.height)) / 2));
  const spread = bothWays(small, (line) => extremes(line, reach, Math.max));
  const closed = bothWays(spread, (line) => extremes(line, reach, Math.min));
  const smooth = bothWays(closed, (line) => means(line, 1));
  return { ...smooth, factor };
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

function extremes(line: Uint8Array, reach: number, choose: (one: number, other: number) => number): Uint8Array {
  return line.map((value, at) => {
    let most = value;
    const end = Math.min(line.length, at + reach + 1);
    for (let other = Math.max(0, at - reach); other < end; other += 1) most = choose(most, line[other] ?? most);
    return most;
  });
}

function means(line: Uint8Array, reach: number): Uint8Array {
  return line.map((_, at) => {
    const around = line.subarray(Math.max(0, at - reach), at + reach + 1);
    return around.reduce((sum, value) => sum + value, around.length / 2) / around.length;
  });
}
