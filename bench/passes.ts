import { type Bench, type Figure } from './benchmark.js';
import { familyOf, processorSeconds } from './process-family.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';
import { startService } from './server-process.js';
import { ratios } from './statistics.js';

/** All files once. */
export interface Pass {
  readonly seconds: number;
  /** What processors have worked for it; on a machine that others use too, the steadier figure. Zero where it is not Linux. */
  readonly processorSeconds: number;
}

export interface Load {
  /** JSON of the list that is asked for with each file. */
  readonly operations: string;
  readonly files: readonly string[];
  /** How many of them are done before the clock starts. */
  readonly warmUps: number;
}

/** A service that has not seen these files, from the first POST to the last 303. Its database does not count as work. */
export async function throughService(bench: Bench, { operations, files, warmUps }: Load): Promise<Pass> {
  await using data = await scratchFolder(bench.folder);
  await using database = await bench.postgres.database();
  await using service = await startService(bench, { ROLE: 'all', DATABASE_URL: database.url, DATA_DIR: data.path });
  const request = (some: readonly string[]) =>
    runProgram('request-tasks', [service.url, operations, ...some], bench.signal);
  const worked = () => familyOf(service.pid).reduce((sum, pid) => sum + processorSeconds(pid), 0);
  await request(files.slice(0, warmUps));
  const before = worked();
  const { seconds = NaN } = await request(files.slice(warmUps));
  return { seconds, processorSeconds: worked() - before };
}

/** One of the programs that do without the service. */
export async function throughScript(name: string, args: readonly string[], signal: AbortSignal): Promise<Pass> {
  const { seconds = NaN, processorSeconds = NaN } = await runProgram(name, args, signal);
  return { seconds, processorSeconds };
}

interface Compared {
  readonly ours: readonly Pass[];
  readonly theirs: readonly Pass[];
  readonly script: string;
  /** What a file is, and how many are timed. */
  readonly unit: string;
  readonly count: number;
}

/** At least 0.9 of the script is the aim (issue 5). */
export function passFigures({ ours, theirs, script, unit, count }: Compared): Figure[] {
  const rates = (passes: readonly Pass[]) => passes.map(({ seconds }) => count / seconds);
  const costs = (passes: readonly Pass[]) => passes.map(({ processorSeconds }) => processorSeconds / count);
  return [
    { name: 'service', unit: `${unit}s/s`, values: rates(ours) },
    { name: script, unit: `${unit}s/s`, values: rates(theirs) },
    { name: 'ratio', unit: '', values: ratios(rates(ours), rates(theirs)), aim: { atLeast: 0.9 } },
    { name: 'service, without its database', unit: `processor s/${unit}`, values: costs(ours) },
    { name: script, unit: `processor s/${unit}`, values: costs(theirs) },
  ];
}
