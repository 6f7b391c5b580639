import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { fillCatalogue } from '../test/support/fill-catalogue.js';
import { type Database } from './postgres.js';
import { scratchFolder } from './scratch-folder.js';
import { startService } from './server-process.js';

const usualRows = [10_000, 100_000, 1_000_000];
const rounds = 3;
/** Requests of a kind in a round, one after the other, each for something else; some before that are not timed. */
const requests = 40;
const warmUps = 5;
const pageSize = 20;
/** As many ids in one body as are taken. */
const idsAsked = 10_000;

export const search: Benchmark = {
  name: 'search',
  summary: 'p95 of large queries over 10,000, 100,000 and 1,000,000 images (--rows N,N for others)',
  run,
};

/** What is asked for, other things each time. */
type Ask = (random: (below: number) => number) => object;

async function run(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const rows of bench.rows ?? usualRows) {
    bench.note(`making ${rows} images`);
    await using data = await scratchFolder(bench.folder);
    await using database = await bench.postgres.database();
    await fill(database, rows);
    await using service = await startService(bench, { ROLE: 'api', DATABASE_URL: database.url, DATA_DIR: data.path });
    for (const [name, ask] of Object.entries(await questions(database, rows))) {
      const values: number[] = [];
      while (values.length < rounds) values.push(await p95(bench, service.url, ask));
      bench.note(`${rows} images: ${name} ${values.map((value) => value.toFixed(1)).join(', ')} ms`);
      figures.push({ name: `${rows} images: ${name}`, unit: 'ms', values });
    }
  }
  return figures;
}

/** Indexes are made at the end: row by row they take five times as long. */
async function fill(database: Database, rows: number): Promise<void> {
  const indexes = await database.query(
    `select indexname as name, indexdef as definition from pg_indexes
     where tablename in ('images', 'texts') and indexname not like '%_pkey'`,
  );
  for (const { name } of indexes) await database.query(`drop index ${String(name)}`);
  const [images = '', texts = '', ...vacuums] = fillCatalogue(rows);
  for (const statement of [images, texts]) await database.query(statement);
  for (const { definition } of indexes) await database.query(String(definition));
  for (const statement of [...vacuums, 'checkpoint']) await database.query(statement);
}

/** Ids are taken from all over the table. */
async function questions(database: Database, rows: number): Promise<Record<string, Ask>> {
  const sample = await database.query(`select id from images order by digest limit ${Math.min(rows, idsAsked)}`);
  const ids = sample.map(({ id }) => String(id));
  const hex = (random: (below: number) => number): string =>
    Array.from({ length: 16 }, () => random(16).toString(16)).join('');
  return {
    [`${ids.length} ids`]: (random) => ({ ids, width: { min: random(100) } }),
    'a part of a name': (random) => ({ name: `*_${random(rows)}.jp?g` }),
    'a prefix of nearly all names': (random) => ({ name: 'IMG_*', width: { min: random(100) } }),
    'a label': (random) => ({ labels: { album: `album ${random(rows)}*` } }),
    'hashes within 8 bits': (random) => ({ similarTo: { hash: hex(random), distance: 8 } }),
    'hashes within 11 bits': (random) => ({ similarTo: { hash: hex(random), distance: 11 } }),
    'two words of a text': (random) => ({ text: `word${random(10_000)} word${random(10_000)}` }),
    'a word of most texts': (random) => ({ text: 'common', width: { min: random(100) } }),
    'a narrow range': (random) => {
      const min = random(rows);
      return { bytes: { min, max: min + 50 }, height: { min: 1 } };
    },
    'a wide range': (random) => ({ width: { min: random(2_000) }, created: { after: '2021-01-01T00:00:00Z' } }),
  };
}

/** ms */
async function p95({ signal }: Bench, url: string, ask: Ask): Promise<number> {
  const random = (below: number): number => Math.floor(Math.random() * below);
  const times: number[] = [];
  for (let request = -warmUps; request < requests; request += 1) {
    const body = JSON.stringify({ ...ask(random), limit: pageSize });
    const began = performance.now();
    const answer = await fetch(`${url}/images/search`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body, signal },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${body.slice(0, 200)} was answered ${answer.status}: ${text.slice(0, 300)}`);
    if (request >= 0) times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b)[Math.ceil(requests * 0.95) - 1] ?? NaN;
}
