import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { familyOf } from './process-family.js';
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
  const { pid } = told(delays.path);
  process.kill(pid, 'SIGUSR2');
  bench.note(`${seconds} s`);
  const memory = await watch({ api: () => [pid], all: () => familyOf(service.pid) }, load);
  const delay = told(delays.path);
  if (delay.pid !== pid) throw new Error('The API was started again.');
  return figures(await load, memory, delay, Math.min(windowSeconds, Math.floor(seconds / 3)));
}

/** MiB of resident memory, once a second. */
interface Memory {
  readonly api: number[];
  /** Of the API, the worker, what works on pixels for them, and their supervisor. */
  readonly all: number[];
}

/** Watches processes while the load lasts. */
async function watch(pids: { api: () => number[]; all: () => number[] }, load: Promise<unknown>): Promise<Memory> {
  let over = false;
  const end = load.finally(() => (over = true)).catch(() => undefined);
  const memory: Memory = { api: [], all: [] };
  const now = (of: number[]): number => of.reduce((sum, pid) => sum + residentMemory(pid), 0) / 2 ** 20;
  while (!over) {
    memory.api.push(now(pids.api()));
    memory.all.push(now(pids.all()));
    await Promise.race([end, sleep(1_000)]);
  }
  return memory;
}

/** What the API has told of itself: its event loop's delay, ms. */
interface Told {
  readonly pid: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

function told(folder: string): Told {
  const read: unknown = JSON.parse(readFileSync(join(folder, 'api.json'), 'utf8'));
  const of = (name: keyof Told): number => Number(Reflect.get(Object(read), name));
  return { pid: of('pid'), p50: of('p50'), p99: of('p99'), max: of('max') };
}

function figures(load: Record<string, number>, memory: Memory, delay: Told, window: number): Figure[] {
  const of = (name: string): number[] => [load[name] ?? NaN];
  return [
    { name: 'answers', unit: '/s', values: of('perSecond') },
    { name: 'answers of 5xx, and none at all', unit: '', values: of('failures'), aim: { under: 1 } },
    { name: 'previews told to come again', unit: '', values: of('busy') },
    { name: 'answers of 4xx', unit: '', values: of('refusals') },
    { name: 'tasks accepted', unit: '/s', values: of('acceptsPerSecond') },
    { name: 'accept p50', unit: 'ms', values: of('acceptP50') },
    { name: 'accept p99', unit: 'ms', values: of('acceptP99') },
    ...flat('memory of the API', memory.api, window),
    ...flat('memory of all processes', memory.all, window),
    { name: 'event loop late, p50', unit: 'ms', values: [delay.p50] },
    { name: 'event loop late, p99', unit: 'ms', values: [delay.p99], aim: { under: 100 } },
    { name: 'event loop late, most', unit: 'ms', values: [delay.max] },
  ];
}

function flat(name: string, memory: readonly number[], window: number): Figure[] {
  const [first, last] = [median(memory.slice(0, window)), median(memory.slice(-window))];
  return [
    { name: `${name}, first minute`, unit: 'MiB', values: [first] },
    { name: `${name}, last minute`, unit: 'MiB', values: [last] },
    { name: 'ratio', unit: '', values: [last / first], aim: { under: 1.1 } },
  ];
}
