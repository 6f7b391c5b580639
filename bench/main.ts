import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { accepts } from './accepts.js';
import { batch } from './batch.js';
import { type Bench, type Benchmark, type Result } from './benchmark.js';
import { cleanUp } from './clean-up.js';
import { estimates } from './estimates.js';
import { images } from './images.js';
import { memory } from './memory.js';
import { mixed } from './mixed.js';
import { ocrAccuracy } from './ocr-accuracy.js';
import { ocr } from './ocr.js';
import { startPostgres } from './postgres.js';
import { preview } from './preview.js';
import { report, table } from './report.js';
import { scratchFolder } from './scratch-folder.js';
import { search } from './search.js';
import { soak } from './soak.js';
import { sweep } from './sweep.js';
import { waiting } from './waiting.js';

const benchmarks: readonly Benchmark[] = [
  ...[accepts, batch, images, mixed, cleanUp, ocr, ocrAccuracy],
  ...[memory, sweep, waiting, estimates, search, preview, soak],
];

const usage = `npm run bench [-- name…] [-- --json FILE] [-- --profile FOLDER] [-- --rows N,N] [-- --seconds N]

Prints a table and the same as JSON. Without a name, all of them, which takes long (search makes a million images):

${benchmarks.map(({ name, summary }) => `  ${name.padEnd(11)}${summary}`).join('\n')}

  --json FILE       write the JSON there too
  --profile FOLDER  run the service with --cpu-prof and keep its profiles there; the figures suffer
  --rows N,N        so many images for search
  --seconds N       so long for soak
  --help            this

The database is a durable PostgreSQL in a temporary folder, or BENCH_DATABASE_URL: a server on which a
database may be created and dropped. Rounds of the service and of what it is compared with take turns, so
that ratios hold on a machine that others use too; absolute figures do not.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      json: { type: 'string' },
      profile: { type: 'string' },
      rows: { type: 'string' },
      seconds: { type: 'string' },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const results = await runAll(chosen(positionals), values.profile, {
    rows: values.rows?.split(',').map(count),
    seconds: values.seconds === undefined ? undefined : count(values.seconds),
  });
  const json = JSON.stringify(report(results), null, 2);
  console.log(`${table(results)}\n\n${json}`);
  if (values.json !== undefined) await writeFile(values.json, `${json}\n`);
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--rows and --seconds take numbers such as 10000, not ${text}.`);
  return Number(text);
}

function chosen(names: string[]): readonly Benchmark[] {
  const unknown = names.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown !== undefined) throw new Error(`There is no benchmark ${unknown}: see --help.`);
  return names.length === 0 ? benchmarks : benchmarks.filter(({ name }) => names.includes(name));
}

async function runAll(
  running: readonly Benchmark[],
  profileFolder: string | undefined,
  amounts: Pick<Bench, 'rows' | 'seconds'>,
): Promise<Result[]> {
  await using folder = await scratchFolder();
  await using postgres = await startPostgres(folder.path);
  const results: Result[] = [];
  for (const { name, run } of running) {
    const note = (progress: string): void => console.error(`${name}: ${progress}`);
    results.push({
      name,
      figures: await run({ folder: folder.path, postgres, signal, profileFolder, ...amounts, note }),
    });
  }
  return results;
}

/** Ctrl-C ends the child processes, upon which everything unwinds and is given back. */
const interruption = new AbortController();
const { signal } = interruption;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort());

main().catch((error: unknown) => {
  if (!signal.aborted) console.error(error instanceof Error ? error.message : error);
  process.exitCode = signal.aborted ? 130 : 1;
});
