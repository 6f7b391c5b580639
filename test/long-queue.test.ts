import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DataSource, type QueryRunner } from 'typeorm';
import { dataSource } from '../src/database/data-source.js';
import { addJobsSql } from '../src/queue/jobs.js';
import { cloneDatabase, type TestDatabase } from './support/template-database.js';

let database: TestDatabase;
let source: DataSource;
let runner: QueryRunner;

beforeAll(async () => {
  database = await cloneDatabase();
  source = await dataSource(database.url, 'long-queue').initialize();
  runner = source.createQueryRunner();
});
afterAll(async () => {
  await runner.release();
  await source.destroy();
  await database.drop();
});

const add = (jobs: number): Promise<unknown> =>
  runner.query(addJobsSql('process-task', "json_build_object('n', n)", `generate_series(1, ${jobs}) as n`));

/** Rows of the queue that were read one after the other. */
async function scanned(): Promise<number> {
  await runner.query('select pg_stat_force_next_flush()');
  const [row]: { rows: number }[] = await runner.query(
    "select seq_tup_read::int as rows from pg_stat_user_tables where relname = '_private_jobs'",
  );
  return row?.rows ?? NaN;
}

test('a connection that knew the queue when it was short does not read all of a long one for each job that it adds', async () => {
  // As often as it takes to have a plan kept.
  for (let time = 0; time < 10; time++) await add(1);
  await add(20_000);
  const before = await scanned();
  await add(1);
  expect((await scanned()) - before).toBeLessThan(100);
});
