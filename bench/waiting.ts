import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';
import { startService } from './server-process.js';
import { storeImage } from './store-image.js';

const rounds = 5;
const waiters = 500;
const streams = 2_000;

export const waiting: Benchmark = {
  name: 'waiting',
  summary: `${waiters} requests that wait for a task, and ${streams} event streams: how soon they are told, and memory`,
  run,
};

interface Told {
  readonly p50: number;
  readonly p95: number;
  readonly kibEach: number;
}

async function run(bench: Bench): Promise<Figure[]> {
  const waited: Told[] = [];
  const followed: Told[] = [];
  while (waited.length < rounds) {
    bench.note(`round ${waited.length + 1} of ${rounds}`);
    waited.push(await hold(bench, 'wait', waiters));
    followed.push(await hold(bench, 'events', streams));
  }
  const of = (told: readonly Told[], member: keyof Told): number[] => told.map((each) => each[member]);
  return [
    { name: `${waiters} waiters, p50 after its end`, unit: 'ms', values: of(waited, 'p50') },
    { name: `${waiters} waiters, p95`, unit: 'ms', values: of(waited, 'p95'), aim: { under: 100 } },
    { name: `${streams} streams, p95`, unit: 'ms', values: of(followed, 'p95') },
    { name: 'memory of the API for each stream', unit: 'KiB', values: of(followed, 'kibEach') },
  ];
}

/** A service that has done nothing before. No worker runs, so that the task waits to be cancelled. */
async function hold(bench: Bench, mode: 'wait' | 'events', count: number): Promise<Told> {
  await using data = await scratchFolder(bench.folder);
  await using database = await bench.postgres.database();
  await using service = await startService(bench, { ROLE: 'api', DATABASE_URL: database.url, DATA_DIR: data.path });
  const image = await storeImage(service.url);
  // The first ones are served while code is being compiled.
  await runProgram('hold-open', [mode, service.url, await pend(service.url, image), '200', '0'], bench.signal);
  const args = [mode, service.url, await pend(service.url, image), String(count), String(service.pid)];
  const { p50 = NaN, p95 = NaN, kibEach = NaN } = await runProgram('hold-open', args, bench.signal);
  return { p50, p95, kibEach };
}

/** @returns the id of a task that waits */
async function pend(origin: string, image: string): Promise<string> {
  const answer = await fetch(`${origin}/images/tasks`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' },
    body: JSON.stringify({ image, operations: [{ operation: 'flip' }] }),
  });
  const location = answer.headers.get('location') ?? '';
  if (answer.status !== 202) throw new Error(`POST /images/tasks answered ${answer.status}: ${await answer.text()}`);
  return location.slice(location.lastIndexOf('/') + 1);
}
