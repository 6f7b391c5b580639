import { type Pixels } from '../native.js';
import { quantileOf } from './histogram.js';
import { noiseOf } from './noise.js';
import { lightnessOf, type Plane } from './plane.js';

/** How far a pixel has to be from others to be unlike them: at least so much of 255, and so many deviations of the page's grain. */
const unlikeMin = 60;
const unlikeDeviations = 2.5;
/** Of clean print, however small, fewer are beyond all eight around them; of noise of this kind, more. */
const shareMin = 0.004;
/** A pixel of print has so many like it among the eight around it, even at the corner of a stroke two pixels wide. */
const peersMin = 3;

/** Where most pixels are further from the middle of those around them, it is grain, which a median would only make coarser. */
const grainMin = 12;
/** Each so many pixels one is looked at to tell. */
const sampleEvery = 7;

/**
 * A page without single black and white pixels, as faulty sensors and lines make them; the same page where there are hardly any. The
 * middle of nine (J. W. Tukey, "Exploratory data analysis", 1977) keeps edges sharp. In grain only what is like too few of its
 * neighbours becomes that: B. Smolka and A. Chydzinski, "Fast detection and impulsive noise removal in color images" (2005).
 */
export function withoutImpulses(page: Pixels): Pixels {
  const light = lightnessOf(page);
  const unlike = Math.max(unlikeMin, unlikeDeviations * noiseOf(light));
  if (outliersIn(light, unlike) <= shareMin * light.data.length) return page;
  return medians(page, typicalDistance(light) < grainMin ? undefined : unlike);
}

function typicalDistance({ data, width, height }: Plane): number {
  const counts = new Uint32Array(256);
  const nine = new Uint8Array(9);
  for (let at = width + 1; at < (height - 1) * width - 1; at += sampleEvery) {
    const distance = Math.abs((data[at] ?? 0) - middleOf(nine, data, at, width, 1));
    counts[distance] = (counts[distance] ?? 0) + 1;
  }
  return quantileOf(counts, 0.5);
}

function outliersIn({ data, width, height }: Plane, unlike: number): number {
  let outliers = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at += 1) {
      // Most pixels are like the one before them: they need no closer look.
      if (Math.abs((data[at] ?? 0) - (data[at - 1] ?? 0)) > unlike)
        outliers += isOutlier(data, at, width, unlike) ? 1 : 0;
    }
  }
  return outliers;
}

function isOutlier(data: Uint8Array, at: number, width: number, unlike: number): boolean {
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
  return value < least - unlike || value > most + unlike;
}

/**
 * In each channel by itself: noise of cameras is not the same in all.
 * @param unlike how far from its neighbours a pixel is that becomes the middle of them; without it, all do
 */
function medians(page: Pixels, unlike?: number): Pixels {
  const { data, width, height, channels } = page;
  const made = Buffer.from(data);
  const nine = new Uint8Array(9);
  const line = width * channels;
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * line + channels; at < (y + 1) * line - channels; at += 1) {
      if (unlike !== undefined && hasPeers(data, at, line, channels, unlike)) continue;
      made[at] = middleOf(nine, data, at, line, channels);
    }
  }
  return { ...page, data: made };
}

function hasPeers(data: Uint8Array, at: number, line: number, channels: number, unlike: number): boolean {
  const value = data[at] ?? 0;
  // The pixel itself is found too.
  let sought = peersMin + 1;
  for (let row = at - line; row <= at + line; row += line) {
    if (Math.abs((data[row - channels] ?? 0) - value) <= unlike) sought -= 1;
    if (Math.abs((data[row] ?? 0) - value) <= unlike) sought -= 1;
    if (Math.abs((data[row + channels] ?? 0) - value) <= unlike) sought -= 1;
    if (sought <= 0) return true;
  }
  return false;
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
