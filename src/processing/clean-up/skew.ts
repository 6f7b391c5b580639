import { median } from '../median.js';
import { type Pixels } from '../native.js';
import { type Box } from './box.js';
import { componentsOf, type Component, type Runs } from './components.js';
import { inverted, lightnessOf, type Plane, reduced } from './plane.js';
import { isNegative } from './polarity.js';
import { lettersMin } from './text-size.js';
import { inkOf } from './threshold.js';

/** Skew is looked for on a page of so many pixels along its longer side: enough for a tenth of a degree, and little work. */
const sideSought = 1600;
/** Degrees either way. What is turned further is not a skewed scan. */
export const skewMax = 15;
/** Degrees that are tried beyond, so that a peak at the limit is seen as one. */
const beyond = 2;
const step = 0.1;
/** Side of the square around each pixel that tells ink from paper there: a line of print and the space above it. */
const inkWindow = 31;
/** More of them say no more. */
const feetMax = 20_000;
/** Its multiples fall evenly between whole numbers, however many there are. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;
/** How far the profile of straight lines stands out from those at other angles; below it there are none. */
const contrastMin = 3;

export interface Skew {
  /** Degrees by which the lines fall to the right (clockwise); 0 where there are none. */
  readonly angle: number;
  /** How sure: the best profile against the middle one. */
  readonly contrast: number;
  /** Where the letters are, each a box in the page's pixels. */
  readonly letters: readonly Box[];
}

/**
 * The angle at which the feet of letters fall into the fewest rows. The profile is that of W. Postl, "Detection of linear oblique
 * structures and skew scan in digitized documents" (1986): the sum of squared differences between neighbouring rows; that the
 * lower ends of connected components say most is from H. S. Baird, "The skew angle of printed documents" (1987).
 */
export function skewOf(page: Pixels): Skew {
  const feet = feetOf(page);
  if (feet === undefined) return { angle: 0, contrast: 0, letters: [] };
  const { letters } = feet;
  const angles = Array.from(
    { length: (2 * (skewMax + beyond)) / step + 1 },
    (_, index) => index * step - skewMax - beyond,
  );
  const scores = angles.map((angle) => sharpness(feet, angle));
  const best = scores.indexOf(Math.max(...scores));
  const contrast = (scores[best] ?? 0) / Math.max(1, median(scores) ?? 1);
  const angle = (angles[best] ?? 0) + step * vertex(scores[best - 1], scores[best], scores[best + 1]);
  if (contrast < contrastMin || Math.abs(angle) > skewMax + step) return { angle: 0, contrast, letters };
  return { angle, contrast, letters };
}

interface Feet {
  readonly letters: readonly Box[];
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: number;
  readonly height: number;
}

function feetOf(page: Pixels): Feet | undefined {
  const factor = Math.ceil(Math.max(page.width, page.height) / sideSought);
  const light = reduced(lightnessOf(page), factor);
  const plane = isNegative(light) ? inverted(light) : light;
  const { runs, components } = componentsOf(inkOf(plane, { window: inkWindow }));
  const isLetter = components.map((component) => looksLikeText(component, plane));
  if (isLetter.filter(Boolean).length < lettersMin) return undefined;
  const letters = components.filter((_, index) => isLetter[index]).map((letter) => enlarged(letter, factor));
  return { letters, ...lowerEnds(runs, isLetter), width: plane.width, height: plane.height };
}

/** A letter or some that hang together: neither a speck nor a picture nor a ruled line. */
function looksLikeText({ left, top, right, bottom, area }: Component, { width, height }: Plane): boolean {
  const [across, down] = [right - left, bottom - top];
  return down >= 4 && across >= 2 && area >= 8 && down < height / 8 && across < width / 3;
}

function enlarged({ left, top, right, bottom }: Box, factor: number): Box {
  return { left: left * factor, top: top * factor, right: right * factor, bottom: bottom * factor };
}

/** Runs of letters with no ink below any of their pixels. */
function lowerEnds({ row, start, end, component }: Runs, isLetter: readonly boolean[]): Pick<Feet, 'x' | 'y'> {
  const x: number[] = [];
  const y: number[] = [];
  let below = 0;
  for (let run = 0; run < row.length; run += 1) {
    const [line, first, last] = [row[run] ?? 0, start[run] ?? 0, end[run] ?? 0];
    while (
      below < row.length &&
      ((row[below] ?? 0) <= line || ((row[below] ?? 0) === line + 1 && (end[below] ?? 0) <= first))
    )
      below += 1;
    const stands = row[below] === line + 1 && (start[below] ?? 0) < last;
    if (stands || !isLetter[component[run] ?? 0]) continue;
    x.push((first + last) / 2);
    // Somewhere within its row: else whole numbers would make a sharp profile at 0 degrees of anything.
    y.push(line + ((x.length * goldenRatio) % 1));
  }
  const each = Math.ceil(x.length / feetMax);
  const some = (all: number[]) => Float64Array.from(all.filter((_, index) => index % each === 0));
  return { x: some(x), y: some(y) };
}

function sharpness({ x, y, width, height }: Feet, angle: number): number {
  const slope = Math.tan((angle * Math.PI) / 180);
  const rise = Math.ceil(width * Math.abs(slope));
  const rows = new Float64Array(height + rise + 2);
  const offset = slope > 0 ? rise : 0;
  for (let at = 0; at < x.length; at += 1) {
    const place = (y[at] ?? 0) - (x[at] ?? 0) * slope + offset;
    const row = Math.floor(place);
    const share = place - row;
    rows[row] = (rows[row] ?? 0) + 1 - share;
    rows[row + 1] = (rows[row + 1] ?? 0) + share;
  }
  return rows.reduce((sum, count, row) => sum + (count - (rows[row - 1] ?? 0)) ** 2, 0);
}

/** Where the parabola through three values at -1, 0 and 1 has its top. */
function vertex(before = 0, at = 0, after = 0): number {
  const bend = before - 2 * at + after;
  return bend < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : 0;
}
