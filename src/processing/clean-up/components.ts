import { type Plane } from './plane.js';

/** Stretches of ink within a row, row by row from left to right; `end` is the first pixel after. */
export interface Runs {
  readonly row: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Which component each belongs to. */
  readonly component: Int32Array;
}

/** Ink that hangs together, by edges or corners of pixels. */
export interface Component {
  area: number;
  left: number;
  top: number;
  /** The first column and row after. */
  right: number;
  bottom: number;
}

/** 50 megapixels of close print have fewer. More are noise without an end, and would take memory without one. */
const runsMax = 2_000_000;

/**
 * Connected components by runs and union-find (Rosenfeld and Pfaltz, "Sequential operations in digital picture processing", 1966): a
 * page has far fewer runs than pixels. None where there are more than `runsMax`.
 */
export function componentsOf(ink: Plane): { runs: Runs; components: Component[] } {
  const { row, start, end } = runsOf(ink);
  const parents = Int32Array.from(row.keys());
  join({ row, start, end }, parents);
  const component = new Int32Array(row.length);
  const components: Component[] = [];
  for (let run = 0; run < row.length; run += 1) {
    const root = rootOf(parents, run);
    if (root === run) component[run] = components.push(empty()) - 1;
    else component[run] = component[root] ?? 0;
    grow(components[component[run] ?? 0], row[run] ?? 0, start[run] ?? 0, end[run] ?? 0);
  }
  return { runs: { row, start, end, component }, components };
}

function runsOf(ink: Plane): Omit<Runs, 'component'> {
  const counted = countRuns(ink);
  const count = counted > runsMax ? 0 : counted;
  const [row, start, end] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  const { data, width } = ink;
  for (let run = 0, at = 0; run < count; run += 1) {
    while (data[at] === 0) at += 1;
    row[run] = Math.floor(at / width);
    start[run] = at % width;
    const last = at - (at % width) + width;
    while (at < last && data[at] !== 0) at += 1;
    end[run] = at - last + width;
  }
  return { row, start, end };
}

function countRuns({ data, width }: Plane): number {
  let count = 0;
  for (let at = 0; at < data.length; at += 1) {
    if (data[at] !== 0 && (at % width === 0 || data[at - 1] === 0)) count += 1;
  }
  return count;
}

/** Joins runs that touch those of the row above. The smaller number is the parent, so a root comes before its runs. */
function join({ row, start, end }: Omit<Runs, 'component'>, parents: Int32Array): void {
  let above = 0;
  for (let run = 0; run < row.length; run += 1) {
    const y = row[run] ?? 0;
    while (
      above < run &&
      ((row[above] ?? 0) < y - 1 || ((row[above] ?? 0) === y - 1 && (end[above] ?? 0) < (start[run] ?? 0)))
    )
      above += 1;
    for (let other = above; other < run && row[other] === y - 1 && (start[other] ?? 0) <= (end[run] ?? 0); other += 1) {
      const [one, two] = [rootOf(parents, run), rootOf(parents, other)];
      parents[Math.max(one, two)] = Math.min(one, two);
    }
  }
}

function rootOf(parents: Int32Array, run: number): number {
  let at = run;
  for (;;) {
    const parent = parents[at] ?? at;
    if (parent === at) return at;
    const grand = parents[parent] ?? parent;
    parents[at] = grand;
    at = grand;
  }
}

function empty(): Component {
  return { area: 0, left: Infinity, top: Infinity, right: 0, bottom: 0 };
}

function grow(component: Component | undefined, row: number, start: number, end: number): void {
  if (!component) return;
  component.area += end - start;
  component.left = Math.min(component.left, start);
  component.right = Math.max(component.right, end);
  component.top = Math.min(component.top, row);
  component.bottom = Math.max(component.bottom, row + 1);
}
