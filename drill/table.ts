import { type Outcome } from './run-drill.js';

const heads = [
  'drill',
  'faults',
  'accepted',
  'ok',
  'failed',
  'cancelled',
  'lost',
  'doubled',
  'recovery',
  'seed',
  'seconds',
];

/** One line a drill, over all its passes, in Markdown. */
export function table(outcomes: readonly Outcome[]): string {
  const byName = Map.groupBy(outcomes, ({ name }) => name);
  const rows = [...byName].map(([name, passes]) =>
    line(passes.length === 1 ? name : `${name} × ${passes.length}`, passes),
  );
  return [heads, heads.map(() => '---'), ...rows, line('**all**', outcomes)]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function line(name: string, passes: readonly Outcome[]): string[] {
  const sum = (of: (outcome: Outcome) => number): string => String(passes.reduce((total, each) => total + of(each), 0));
  const most = (of: (outcome: Outcome) => number): number => Math.max(0, ...passes.map(of));
  const seeds = passes.map(({ seed }) => seed);
  const [first, last] = [Math.min(...seeds), Math.max(...seeds)];
  return [
    name,
    ...[sum(({ faults }) => faults), sum(({ accepted }) => accepted)],
    ...[sum(({ ended }) => ended.ok), sum(({ ended }) => ended.failed), sum(({ ended }) => ended.cancelled)],
    ...[sum(({ lost }) => lost), sum(({ doubled }) => doubled)],
    `${most(({ longestRecovery }) => longestRecovery).toFixed(1)} s`,
    first === last ? String(first) : `${first}–${last}`,
    most(({ seconds }) => seconds).toFixed(1),
  ];
}
