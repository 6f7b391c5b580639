import { distanceSquared, hexOf, type Lab, oklabOf } from './oklab.js';

export interface DominantColour {
  /** sRGB, #rrggbb. */
  readonly hex: string;
  /** Of the pixels that are not transparent, 0 to 1. */
  readonly share: number;
}

/** More than that nobody calls dominant. */
const coloursMax = 6;
/** Below it two colours are one to people, in OKLab: about three just noticeable differences. */
const sameBelow = 0.06;
/** A share below which a colour is noise. */
const shareMin = 0.01;
const rounds = 12;
/** Half transparent is not seen as itself. */
const alphaMin = 128;

/** Pixels of nearly one colour, and their average. */
interface Cell {
  readonly lab: Lab;
  readonly pixels: number;
}

/**
 * k-means in OKLab over a histogram of 32 steps a channel. It begins with the largest cell, then with whichever is both large and
 * far from those there are, so that the same pixels always give the same colours.
 * @param rgba four bytes a pixel
 */
export function dominantColours(rgba: Uint8Array): DominantColour[] {
  const cells = histogram(rgba);
  const all = cells.reduce((sum, { pixels }) => sum + pixels, 0);
  let centres = seeds(cells);
  for (let round = 0; round < rounds; round++) centres = clusters(cells, centres).map(({ lab }) => lab);
  return merged(clusters(cells, centres))
    .map(({ lab, pixels }) => ({ hex: hexOf(lab), share: Number((pixels / all).toFixed(3)) }))
    .filter(({ share }) => share >= shareMin)
    .sort((one, other) => other.share - one.share);
}

function histogram(rgba: Uint8Array): Cell[] {
  const sums = new Map<number, [red: number, green: number, blue: number, pixels: number]>();
  for (let at = 0; at + 3 < rgba.length; at += 4) {
    const [red = 0, green = 0, blue = 0, alpha = 0] = rgba.subarray(at, at + 4);
    if (alpha < alphaMin) continue;
    const key = ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
    const [r, g, b, pixels] = sums.get(key) ?? [0, 0, 0, 0];
    sums.set(key, [r + red, g + green, b + blue, pixels + 1]);
  }
  return [...sums.values()].map(([red, green, blue, pixels]) => {
    return { lab: oklabOf([red / pixels, green / pixels, blue / pixels]), pixels };
  });
}

function seeds(cells: readonly Cell[]): Lab[] {
  const found: Lab[] = [];
  while (found.length < Math.min(coloursMax, cells.length)) {
    const weighed = cells.map(({ lab, pixels }) => ({ lab, weight: pixels * nearest(lab, found).distance }));
    const next = weighed.reduce((best, each) => (each.weight > best.weight ? each : best));
    if (next.weight === 0) break;
    found.push(next.lab);
  }
  return found;
}

/** The first of all is as far as any. */
function nearest(lab: Lab, centres: readonly Lab[]): { index: number; distance: number } {
  let [index, distance] = [-1, centres.length === 0 ? 1 : Infinity];
  for (const [at, centre] of centres.entries()) {
    const squared = distanceSquared(lab, centre);
    if (squared < distance) [index, distance] = [at, squared];
  }
  return { index, distance };
}

function clusters(cells: readonly Cell[], centres: readonly Lab[]): Cell[] {
  const groups = Map.groupBy(cells, ({ lab }) => nearest(lab, centres).index);
  return [...groups.values()].map(average);
}

function merged(found: readonly Cell[]): Cell[] {
  const kept: Cell[] = [];
  for (const cell of found.toSorted((one, other) => other.pixels - one.pixels)) {
    const at = kept.findIndex(({ lab }) => distanceSquared(lab, cell.lab) < sameBelow ** 2);
    const same = kept[at];
    if (same === undefined) kept.push(cell);
    else kept[at] = average([same, cell]);
  }
  return kept;
}

function average(cells: readonly Cell[]): Cell {
  const pixels = cells.reduce((sum, cell) => sum + cell.pixels, 0);
  const mean = (member: 0 | 1 | 2): number =>
    cells.reduce((sum, cell) => sum + cell.lab[member] * cell.pixels, 0) / pixels;
  return { lab: [mean(0), mean(1), mean(2)], pixels };
}
