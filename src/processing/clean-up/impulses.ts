import { type Pixels } from '../native.js';
import { type Plane } from './plane.js';

/** How far a pixel has to be beyond all eight around it to be no part of anything. Of 255. */
const outlierMin = 60;
/** Of clean print, however small, fewer are so; of noise that a median takes away, more. */
const shareMin = 0.004;

/** Where most pixels are further from the middle of those around them, it is grain, which a median would only make coarser. */
const grainMin = 12;
/** Each so many pixels one is looked at to tell. */
const sampleEvery = 7;

/** Is there noise of single black and white pixels, as faulty sensors and lines make it, among others that are as they should be? */
export function hasImpulses(light: Plane): boolean {
  return outliersIn(light) > shareMin * light.data.length && typicalDistance(light) < grainMin;
}

function typicalDistance({ data, width, height }: Plane): number {
  const counts = new Uint32Array(256);
  const nine = new Uint8Array(9);
  let samples = 0;
  for (let at = width + 1; at < (height - 1) * width - 1; at += sampleEvery, samples += 1) {
    const distance = Math.abs((data[at] ?? 0) - middleOf(nine, data, at, width, 1));
    counts[distance] = (counts[distance] ?? 0) + 1;
  }
  let below = 0;
  return counts.findIndex((count) => (below += count) * 2 >= samples);
}

function outliersIn({ data, width, height }: Plane): number {
  let outliers = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at += 1) {
      const value = data[at] ?? 0;
      // Most pixels are like the one before them: they need no closer look.
      const before = data[at - 1] ?? 0;
      if (value > before + outlierMin || value < before - outlierMin) outliers += isOutlier(data, at, width) ? 1 : 0;
    }
  }
  return outliers;
}

function isOutlier(data: Uint8Array, at: number, width: number): boolean {
  let [least, most] = [255, 0];
  for (const row of [at - width, at, at + width]) {
    for (let other = row - 1; other <= row + 1; other += 1) {
      if (other === at) continue;
      const value = data[other] ?? 0;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  const value = data[at] ?? 0;
  return value < least - outlierMin || value > most + outlierMin;
}

/** The middle of nine, in each channel: J. W. Tukey, "Exploratory data analysis" (1977). Edges stay sharp. */
export function medians(page: Pixels): Pixels {
  const { data, width, height, channels } = page;
  const made = Buffer.from(data);
  const nine = new Uint8Array(9);
  const line = width * channels;
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * line + channels; at < (y + 1) * line - channels; at += 1) {
      made[at] = middleOf(nine, data, at, line, channels);
    }
  }
  return { ...page, data: made };
}

/** @param nine what is sorted in, so that it is not made for every pixel */
function middleOf(nine: Uint8Array, data: Uint8Array, at: number, line: number, channels: number): number {
  for (let row = 0; row < 3; row += 1) {
    const from = at + (row - 1) * line;
    insert(nine, row * 3, data[from - channels] ?? 0);
    insert(nine, row * 3 + 1, data[from] ?? 0);
    insert(nine, row * 3 + 2, data[from + channels] ?? 0);
  }
  return nine[4] ?? 0;
}

/** Into the first `count` of them, which are in order. */
function insert(sorted: Uint8Array, count: number, value: number): void {
  let at = count;
  for (; at > 0 && (sorted[at - 1] ?? 0) > value; at -= 1) sorted[at] = sorted[at - 1] ?? 0;
  sorted[at] = value;
}
