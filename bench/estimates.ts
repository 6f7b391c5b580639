import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';
import { startService } from './server-process.js';

/** Tasks of which nothing is measured: the service learns from them. */
const lessons = 150;
const count = 200;

export const estimates: Benchmark = {
  name: 'estimates',
  summary: `how good the estimates of ${count} mixed tasks are, after ${lessons} to learn from`,
  run,
};

async function run(bench: Bench): Promise<Figure[]> {
  await using pictures = await scratchFolder(bench.folder);
  bench.note('making the pictures');
  await runProgram('make-mixture', [pictures.path], bench.signal);
  const files = (await readdir(pictures.path)).sort().map((name) => join(pictures.path, name));

  await using data = await scratchFolder(bench.folder);
  await using database = await bench.postgres.database();
  await using service = await startService(bench, { ROLE: 'all', DATABASE_URL: database.url, DATA_DIR: data.path });
  const ask = (tasks: number, seed: number) =>
    runProgram('mixed-tasks', [service.url, String(tasks), String(seed), ...files], bench.signal);
  bench.note(`${lessons} tasks to learn from`);
  const { error: errorAtFirst = NaN } = await ask(lessons, 1);
  bench.note(`${count} tasks`);
  const { error = NaN, withinP90 = NaN } = await ask(count, 2);
  return [
    { name: 'median of |actual − p50| / actual', unit: '', values: [error], aim: { under: 0.35 } },
    { name: 'ended within the p90', unit: 'of 1', values: [withinP90], aim: { within: [0.8, 0.97] } },
    { name: 'the same error while it learned', unit: '', values: [errorAtFirst] },
  ];
}
