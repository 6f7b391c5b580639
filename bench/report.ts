import { availableParallelism, cpus } from 'node:os';
import { type Figure, type Result } from './benchmark.js';
import { median } from './statistics.js';

/** Everything that was measured, for machines. */
export function report(results: readonly Result[]): object {
  return {
    date: new Date().toISOString(),
    machine: { processor: cpus()[0]?.model, cores: availableParallelism(), node: process.version },
    results: results.map(({ name, figures }) => ({ name, figures: figures.map(summary) })),
  };
}

function summary({ name, unit, values, aim }: Figure): object {
  const spread = { median: rounded(median(values)), lowest: lowest(values), highest: highest(values) };
  return { name, unit, ...spread, rounds: values.map(rounded), ...(aim && { aim, met: meets(values, aim) }) };
}

/** The same for people. */
export function table(results: readonly Result[]): string {
  const head = ['benchmark', 'figure', 'median', 'lowest', 'highest', 'unit', 'aim'];
  const rows = results.flatMap(({ name, figures }) => figures.map((figure) => rowOf(name, figure)));
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const numeric = [2, 3, 4];
  const line = (cells: string[]): string =>
    cells
      .map((cell, at) => (numeric.includes(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

function rowOf(benchmark: string, { name, unit, values, aim }: Figure): string[] {
  const numbers = [rounded(median(values)), lowest(values), highest(values)].map(String);
  return [
    benchmark,
    name,
    ...numbers,
    unit,
    aim === undefined ? '' : `${wording(aim)}: ${meets(values, aim) ? 'met' : 'MISSED'}`,
  ];
}

type Aim = NonNullable<Figure['aim']>;

function meets(values: readonly number[], aim: Aim): boolean {
  const reached = median(values);
  if ('atLeast' in aim) return reached >= aim.atLeast;
  if ('under' in aim) return reached < aim.under;
  return reached >= aim.within[0] && reached <= aim.within[1];
}

function wording(aim: Aim): string {
  if ('atLeast' in aim) return `at least ${aim.atLeast}`;
  return 'under' in aim ? `under ${aim.under}` : `${aim.within[0]} to ${aim.within[1]}`;
}

const lowest = (values: readonly number[]): number => rounded(Math.min(...values));
const highest = (values: readonly number[]): number => rounded(Math.max(...values));

/** Three significant digits, or whole numbers. */
const rounded = (value: number): number => (value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
