import { setTimeout as sleep } from 'node:timers/promises';
import { sweepSql } from '../src/reservations/reservations.repository.js';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { type Database } from './postgres.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';
import { startService } from './server-process.js';
import { ratios } from './statistics.js';
import { storeImage } from './store-image.js';

const rounds = 3;
const rows = 1_000_000;
const expired = 900_000;
/** Of a sweep with nothing to do, one after the other. */
const idleSweeps = 31;
/** PUTs are timed so long, without a sweep and beside one. */
const putSeconds = 4;
/** The process that sweeps has loaded its code by then. */
const startMs = 1_500;

export const sweep: Benchmark = {
  name: 'sweep',
  summary: `a million reservations, ${expired} of them expired, swept while others are minted and PUT`,
  run,
};

interface Round {
  readonly sweptPerSecond: number;
  /** ms */
  readonly p50: number;
  readonly p99: number;
  readonly p99Beside: number;
}

async function run(bench: Bench): Promise<Figure[]> {
  const measured: Round[] = [];
  while (measured.length < rounds) {
    bench.note(`round ${measured.length + 1} of ${rounds}`);
    measured.push(await sweepBesidePuts(bench));
  }
  bench.note('with nothing to do');
  const idle = await sweepIdly(bench);
  const of = (member: keyof Round): number[] => measured.map((each) => each[member]);
  return [
    { name: 'swept', unit: 'rows/s', values: of('sweptPerSecond') },
    { name: 'PUT p50 without a sweep', unit: 'ms', values: of('p50') },
    { name: 'PUT p99 without a sweep', unit: 'ms', values: of('p99') },
    { name: 'PUT p99 beside the sweep', unit: 'ms', values: of('p99Beside') },
    { name: 'p99 ratio', unit: '', values: ratios(of('p99Beside'), of('p99')), aim: { under: 2 } },
    { name: 'nothing to do, no rows', unit: 'ms', values: idle.empty },
    { name: 'nothing to do, a million filled', unit: 'ms', values: idle.filled },
    // The same but for what a measurement is off by.
    { name: 'ratio', unit: '', values: ratios(idle.filled, idle.empty), aim: { under: 1.25 } },
  ];
}

/** The sweep runs in a process of its own, the API in another, the clients in a third. */
async function sweepBesidePuts(bench: Bench): Promise<Round> {
  await using data = await scratchFolder(bench.folder);
  await using database = await bench.postgres.database();
  await using service = await startService(bench, {
    ...{ ROLE: 'api', DATABASE_URL: database.url, DATA_DIR: data.path },
    RESERVATIONS_MAX: String(2 * rows),
  });
  const image = await storeImage(service.url);
  const put = (seconds: number) => runProgram('put-tasks', [service.url, image, String(seconds)], bench.signal);
  await database.query(`
    insert into reservations (id, owner, "for", expires_at)
    select uuidv7(), 'another', '/images', now() + make_interval(secs => n - ${expired})
    from generate_series(1, ${rows}) as n`);
  await database.query('analyze reservations');
  await database.query('checkpoint');
  await expectIndex(database);
  await put(2);
  await sleep(1_000, undefined, { signal: bench.signal });
  const { puts, p50 = NaN, p99 = NaN } = await put(putSeconds);
  const [swept, beside] = await Promise.all([
    runProgram('sweep-once', [database.url, data.path, '1'], bench.signal),
    sleep(startMs, undefined, { signal: bench.signal }).then(() => put(putSeconds)),
  ]);
  const { reservations = 0, seconds = NaN } = swept;
  if (reservations < expired) throw new Error(`${reservations} were swept of ${expired}.`);
  bench.note(`the sweep took ${seconds.toFixed(1)} s; PUTs ${puts} without it, ${beside['puts']} beside it`);
  return { sweptPerSecond: reservations / seconds, p50, p99, p99Beside: beside['p99'] ?? NaN };
}

/** The statement finds by the index what it deletes, and reads no whole table. */
async function expectIndex(database: Database): Promise<void> {
  const sql = sweepSql('expires_at < $1 and filled_at is null', 'expires_at');
  const explained = await database.query(`explain ${sql.replace('$1', 'now()').replace('$2', '2000')}`);
  const plan = explained.map((row) => row['QUERY PLAN']).join('\n');
  if (!plan.includes('reservations_expiry') || plan.includes('Seq Scan')) throw new Error(`It has no index:\n${plan}`);
}

async function sweepIdly(bench: Bench): Promise<{ empty: number[]; filled: number[] }> {
  await using data = await scratchFolder(bench.folder);
  await using none = await bench.postgres.database();
  await using full = await bench.postgres.database();
  await full.query(`
    insert into reservations (id, owner, "for", expires_at, filled_at, fingerprint)
    select uuidv7(), 'local', '/images', now() - interval '1 h', now(), 'x' from generate_series(1, ${rows})`);
  await full.query('analyze reservations');
  await full.query('checkpoint');
  const measure = async ({ url }: Database): Promise<number> => {
    const { median = NaN } = await runProgram('sweep-once', [url, data.path, String(idleSweeps)], bench.signal);
    return median * 1000;
  };
  const measured = { empty: new Array<number>(), filled: new Array<number>() };
  for (let round = 0; round < rounds; round += 1) {
    measured.empty.push(await measure(none));
    measured.filled.push(await measure(full));
  }
  return measured;
}
