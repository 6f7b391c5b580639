import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { startTestServer, stopTestServer } from '../test/support/template-database.js';
import { inParallel } from '../bench/in-parallel.js';
import { type Drill } from './drill.js';
import { drills } from './drills.js';
import { type Outcome, runDrill } from './run-drill.js';
import { table } from './table.js';

const usage = `npm run drill [-- --only NAME]… [-- --times N] [-- --seed N] [-- --at-once N]

Breaks a running Darkroom in every way that is known, and holds what its clients were told against what there is.
Prints a table; ends with 1, the seed and what was violated, and keeps the folder, where anything is.

${drills.map(({ name, summary }) => `  ${name.padEnd(20)}${summary}`).join('\n')}

  --only NAME    this drill; may be given several times
  --times N      so many passes, each with the next seed (1)
  --seed N       of the first pass; without it, any
  --at-once N    drills at the same time (3)
  --list         the names of all drills
  --help         this

Needs Linux, where processes and their limits can be reached from outside.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      times: { type: 'string', default: '1' },
      seed: { type: 'string', default: String(randomInt(1_000_000)) },
      'at-once': { type: 'string', default: '3' },
      list: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(usage);
  if (values.list) return console.log(drills.map(({ name }) => name).join('\n'));
  const [times, seed, atOnce] = [
    whole('times', values.times),
    whole('seed', values.seed),
    whole('at-once', values['at-once']),
  ];
  const outcomes = await runAll(chosen(values.only), { times, seed, atOnce });
  console.log(table(outcomes));
  const failed = outcomes.filter(({ violations }) => violations.length > 0);
  for (const { name, seed, violations, folder } of failed)
    console.log(
      `\n${name} failed with seed ${seed}; all of it is in ${folder}:\n  ${violations.slice(0, 20).join('\n  ')}`,
    );
  if (failed.length > 0) process.exitCode = 1;
}

async function runAll(
  running: readonly Drill[],
  { times, seed, atOnce }: { times: number; seed: number; atOnce: number },
) {
  const outcomes: Outcome[] = [];
  await startTestServer();
  try {
    for (let pass = 0; pass < times; pass += 1) {
      const began = performance.now();
      await inParallel(atOnce, running, async (drill) => {
        if (interrupted) return;
        const outcome = await runDrill(drill, seed + pass);
        outcomes.push(outcome);
        console.error(
          `${outcome.violations.length === 0 ? 'passed' : 'FAILED'} ${drill.name} ${outcome.seconds.toFixed(1)} s`,
        );
      });
      console.error(
        `pass ${pass + 1} of ${times}, seed ${seed + pass}: ${((performance.now() - began) / 1000).toFixed(1)} s`,
      );
    }
  } finally {
    await stopTestServer();
  }
  return outcomes;
}

function chosen(names: readonly string[] | undefined): readonly Drill[] {
  const unknown = names?.find((name) => !drills.some((drill) => drill.name === name));
  if (unknown !== undefined) throw new Error(`There is no drill ${unknown}: see --list.`);
  const some = names === undefined ? [...drills] : drills.filter(({ name }) => names.includes(name));
  return some.sort((one, other) => other.seconds - one.seconds);
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a whole number, not ${text}.`);
  return Number(text);
}

/** Ctrl-C begins no more drills; what was begun is finished, and given back. */
let interrupted = false;
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => (interrupted = true));

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
