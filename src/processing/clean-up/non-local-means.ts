import { type Pixels } from '../native.js';
import { lightnessOf, type Plane } from './plane.js';

/** Pixels to each side that patches are looked for. */
const search = 2;
/** Pixels to each side of one that belong to its patch. */
const patch = 2;
const patchArea = (2 * patch + 1) ** 2;
/** Rows that are worked on at a time: their sums stay in the processor's cache, and take no memory worth mentioning. */
const stripRows = 64;
/** Steps in which the weight of a patch is tabulated, and the distance at which it is as good as none. */
const steps = 1024;
const weightless = 6;

/**
 * Each pixel becomes the mean of those near it whose surroundings look alike, so that strokes are averaged along and paper with paper: A.
 * Buades, B. Coll and J.-M. Morel, "A non-local algorithm for image denoising" (2005), the weights less what noise alone makes
 * patches differ, as in their "Non-local means denoising" (2011). Likeness is one of lightness, whatever the channels.
 * @param deviation of the noise
 */
export function nonLocalMeans(page: Pixels, deviation: number, strength: number): Pixels {
  const light = lightnessOf(page);
  const made = Buffer.alloc(page.data.length);
  const weightOf = weights(deviation, strength);
  for (let top = 0; top < page.height; top += stripRows) {
    strip(page, light, made, top, Math.min(stripRows, page.height - top), weightOf);
  }
  return { ...page, data: made };
}

interface Weights {
  readonly table: Float32Array;
  /** From a sum of squared differences over a patch to a place in the table. */
  readonly scale: number;
}

function weights(deviation: number, strength: number): Weights {
  const filtering = (0.8 * strength * deviation) ** 2;
  const furthest = weightless * filtering + 2 * deviation ** 2;
  const table = Float32Array.from({ length: steps }, (_, step) => {
    const distance = (step / steps) * furthest;
    return Math.exp(-Math.max(0, distance - 2 * deviation ** 2) / filtering);
  });
  return { table, scale: steps / (furthest * patchArea) };
}

function strip(page: Pixels, light: Plane, made: Buffer, top: number, rows: number, weightOf: Weights): void {
  const { data, width, channels } = page;
  const weight = new Float32Array(width * rows).fill(1);
  const sums = Float32Array.from(data.subarray(top * width * channels, (top + rows) * width * channels));
  for (let dy = -search; dy <= search; dy += 1) {
    for (let dx = -search; dx <= search; dx += 1) {
      if (dx !== 0 || dy !== 0) fromAside(page, light, { dx, dy, top, rows }, weight, sums, weightOf);
    }
  }
  for (let at = 0, to = top * width * channels; at < weight.length; at += 1) {
    for (let channel = 0; channel < channels; channel += 1, to += 1) {
      made[to] = (sums[at * channels + channel] ?? 0) / (weight[at] ?? 1) + 0.5;
    }
  }
}

/** To every pixel of a strip, what lies so many columns and rows away from it. */
function fromAside(
  page: Pixels,
  light: Plane,
  { dx, dy, top, rows }: { dx: number; dy: number; top: number; rows: number },
  weight: Float32Array,
  sums: Float32Array,
  weightOf: Weights,
): void {
  const { width, height } = page;
  const columns = new Int32Array(width);
  for (let y = top - patch; y < top + patch; y += 1) addDifferences(light, columns, y, dx, dy, 1);
  for (let y = top; y < top + rows; y += 1) {
    addDifferences(light, columns, y + patch, dx, dy, 1);
    if (y + dy >= 0 && y + dy < height) {
      gather(page, columns, weight, sums, (y - top) * width, (y + dy) * width + dx, dx, weightOf);
    }
    addDifferences(light, columns, y - patch, dx, dy, -1);
  }
}

/** To the sum of each column the squared difference, in one row, to the pixel that lies so far away; or from it. */
function addDifferences(plane: Plane, columns: Int32Array, row: number, dx: number, dy: number, sign: 1 | -1): void {
  const { data, width, height } = plane;
  // Beyond the edge there is nothing to compare: the nearest row that both have.
  const near = Math.max(0, -dy, Math.min(height - 1, height - 1 - dy, row));
  const [one, other] = [near * width, (near + dy) * width + dx];
  const last = Math.min(width, width - dx);
  for (let x = Math.max(0, -dx); x < last; x += 1) {
    const difference = (data[one + x] ?? 0) - (data[other + x] ?? 0);
    columns[x] = (columns[x] ?? 0) + sign * difference * difference;
  }
}

/** Adds to each pixel of a row the one that lies so far away, as much as their patches are alike. */
function gather(
  { data, width, channels }: Pixels,
  columns: Int32Array,
  weight: Float32Array,
  sums: Float32Array,
  to: number,
  from: number,
  dx: number,
  { table, scale }: Weights,
): void {
  let distance = 0;
  for (let x = 0; x < Math.min(patch, width); x += 1) distance += columns[x] ?? 0;
  for (let x = 0; x < width; x += 1) {
    if (x + patch < width) distance += columns[x + patch] ?? 0;
    if (x > patch) distance -= columns[x - patch - 1] ?? 0;
    if (x + dx < 0 || x + dx >= width) continue;
    const share = table[Math.floor(distance * scale)] ?? 0;
    if (share === 0) continue;
    weight[to + x] = (weight[to + x] ?? 0) + share;
    for (let channel = 0; channel < channels; channel += 1) {
      const at = (to + x) * channels + channel;
      sums[at] = (sums[at] ?? 0) + share * (data[(from + x) * channels + channel] ?? 0);
    }
  }
}
