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

/**
 * Connected components by runs and union-find (Rosenfeld and Pfaltz, "Sequential operations in digital picture processing",
 * 1966): a page has far fewer runs than pixels.
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

function runsOf({ data, width, height }: Plane): Omit<Runs, 'component'> {
  const found: number[] = [];
  for (let y = 0; y < height; y += 1) {
    const from = y * width;
    for (let x = 0; x < width; x += 1) {
      if (data[from + x] === 0) continue;
      const first = x;
      while (x < width && data[from + x] !== 0) x += 1;
      found.push(y, first, x);
    }
  }
  const column = (offset: number) =>
    Int32Array.from({ length: found.length / 3 }, (_, run) => found[run * 3 + offset] ?? 0);
  return { row: column(0), start: column(1), end: column(2) };
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
