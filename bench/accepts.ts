import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { postFor, type Throughput } from './load.js';
import { type Database } from './postgres.js';
import { scratchFolder } from './scratch-folder.js';
import { startServer, startService } from './server-process.js';
import { ratios } from './statistics.js';
import { storeImage } from './store-image.js';

const rounds = 5;
const roundSeconds = 4;
const warmUpSeconds = 3;
export const connections = 64;
/** What the service's own pool holds at most: src/database/data-source.ts. */
const poolSize = 12;
/** Each is work that nobody has asked for before: equal work would be done once, and accepted for less. */
export const operations = [
  { operation: 'resize', width: 400 },
  { operation: 'watermark', text: '[<id>]' },
  { operation: 'convert', format: 'webp' },
];

export const accepts: Benchmark = {
  name: 'accepts',
  summary: 'durable accepts a second (POST /images/tasks), against a bare Express handler with one INSERT',
  run,
};

/** One side of the comparison: where it is POSTed to, and the tables in which a row an answer must lie afterwards. */
interface Side {
  readonly url: string;
  readonly tables: readonly string[];
}

/** No worker runs, so that jobs stay; both sides begin each round with empty tables. */
async function run(bench: Bench): Promise<Figure[]> {
  await using data = await scratchFolder(bench.folder);
  await using database = await bench.postgres.database();
  await database.query('create table bare_tasks (like tasks including all)');
  await using service = await startService(bench, { ROLE: 'api', DATABASE_URL: database.url, DATA_DIR: data.path });
  await using bare = await startServer(bench, {
    script: './bare-express.js',
    env: { DATABASE_URL: database.url, POOL_SIZE: String(poolSize) },
    readyPath: '/ready',
  });
  const body = { image: await storeImage(service.url), operations };
  const ours: Side = { url: `${service.url}/images/tasks`, tables: ['tasks', 'graphile_worker._private_jobs'] };
  const theirs: Side = { url: `${bare.url}/tasks`, tables: ['bare_tasks'] };

  const measured = { ours: new Array<Throughput>(), theirs: new Array<Throughput>() };
  for (let round = 0; round <= rounds; round++) {
    bench.note(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    const seconds = round === 0 ? warmUpSeconds : roundSeconds;
    const pair = [
      await post(bench, database, ours, body, seconds),
      await post(bench, database, theirs, body, seconds),
    ] as const;
    if (round === 0) continue;
    measured.ours.push(pair[0]);
    measured.theirs.push(pair[1]);
  }
  return figures(measured.ours, measured.theirs);
}

async function post(
  bench: Bench,
  database: Database,
  { url, tables }: Side,
  body: object,
  seconds: number,
): Promise<Throughput> {
  await database.query(`truncate ${tables.join(', ')}`);
  await database.query('checkpoint');
  const throughput = await postFor({ url, body, connections, seconds }, bench.signal);
  for (const table of tables) {
    const [counted] = await database.query(`select count(*)::int as rows from ${table}`);
    const rows = Number(counted?.['rows']);
    // What was on its way at the end was accepted without being counted.
    if (rows < throughput.answers || rows > throughput.answers + connections) {
      throw new Error(`${throughput.answers} accepts left ${rows} rows in ${table}.`);
    }
  }
  return throughput;
}

function figures(ours: readonly Throughput[], theirs: readonly Throughput[]): Figure[] {
  const of = (rounds: readonly Throughput[], member: 'perSecond' | 'p50' | 'p99') => rounds.map((each) => each[member]);
  return [
    { name: 'service', unit: 'accepts/s', values: of(ours, 'perSecond') },
    { name: 'bare Express', unit: 'accepts/s', values: of(theirs, 'perSecond') },
    { name: 'ratio', unit: '', values: ratios(of(ours, 'perSecond'), of(theirs, 'perSecond')), aim: { atLeast: 0.6 } },
    { name: 'service p50', unit: 'ms', values: of(ours, 'p50') },
    { name: 'bare Express p50', unit: 'ms', values: of(theirs, 'p50') },
    { name: 'service p99', unit: 'ms', values: of(ours, 'p99') },
    { name: 'bare Express p99', unit: 'ms', values: of(theirs, 'p99') },
  ];
}
