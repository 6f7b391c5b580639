import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { residentMemory } from './process-memory.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';
import { startService } from './server-process.js';
import { median } from './statistics.js';

const connections = 200;
const warmUpSeconds = 30;
const secondsUsual = 180;
/** At the beginning and at the end, s; of a short run a third each. */
const windowSeconds = 60;

export const soak: Benchmark = {
  name: 'soak',
  summary: `${connections} connections do all there is to do for ${secondsUsual} s: failures, memory, delay of the event loop`,
  run,
};

async function run(bench: Bench): Promise<Figure[]> {
  const seconds = bench.seconds ?? secondsUsual;
  await using data = await scratchFolder(bench.folder);
  await using delays = await scratchFolder(bench.folder);
  await using database = await bench.postgres.database();
  await using service = await startService(
    bench,
    {
      ...{ ROLE: 'all', DATABASE_URL: database.url, DATA_DIR: data.path },
      ...{ CALLBACK_PRIVATE_ADDRESSES: 'allow', LOOP_DELAY_FOLDER: delays.path },
    },
    ['./loop-delay.js'],
  );
  const load = runProgram(
    'soak-load',
    [service.url, String(connections), String(warmUpSeconds), String(seconds)],
    bench.signal,
  );
  bench.note(`warming up for ${warmUpSeconds} s`);
  await Promise.race([load, sleep(warmUpSeconds * 1000, undefined, { signal: bench.signal })]);
  process.kill(service.pid, 'SIGUSR2');
  bench.note(`${seconds} s`);
  const memory = await watch(service.pid, load);
  const delay = delayOf(join(delays.path, `${service.pid}.json`));
  return figures(await load, memory, delay, Math.min(windowSeconds, Math.floor(seconds / 3)));
}

/** @returns MiB of resident memory, once a second, while the load lasts */
async function watch(pid: number, load: Promise<unknown>): Promise<number[]> {
  let over = false;
  const end = load.finally(() => (over = true)).catch(() => undefined);
  const samples: number[] = [];
  while (!over) {
    samples.push(residentMemory(pid) / 2 ** 20);
    await Promise.race([end, sleep(1_000)]);
  }
  return samples;
}

interface Delay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

function delayOf(path: string): Delay {
  const told: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const of = (name: keyof Delay): number => Number(Reflect.get(Object(told), name));
  return { p50: of('p50'), p99: of('p99'), max: of('max') };
}

function figures(load: Record<string, number>, memory: readonly number[], delay: Delay, window: number): Figure[] {
  const [first, last] = [median(memory.slice(0, window)), median(memory.slice(-window))];
  const of = (name: string): number[] => [load[name] ?? NaN];
  return [
    { name: 'answers', unit: '/s', values: of('perSecond') },
    { name: 'answers of 5xx, and none at all', unit: '', values: of('failures'), aim: { under: 1 } },
    { name: 'previews told to come again', unit: '', values: of('busy') },
    { name: 'answers of 4xx', unit: '', values: of('refusals') },
    { name: 'tasks accepted', unit: '/s', values: of('acceptsPerSecond') },
    { name: 'accept p50', unit: 'ms', values: of('acceptP50') },
    { name: 'accept p99', unit: 'ms', values: of('acceptP99') },
    { name: 'memory, first minute', unit: 'MiB', values: [first] },
    { name: 'memory, last minute', unit: 'MiB', values: [last] },
    { name: 'ratio', unit: '', values: [last / first], aim: { under: 1.1 } },
    { name: 'event loop late, p50', unit: 'ms', values: [delay.p50] },
    { name: 'event loop late, p99', unit: 'ms', values: [delay.p99], aim: { under: 100 } },
    { name: 'event loop late, most', unit: 'ms', values: [delay.max] },
  ];
}
