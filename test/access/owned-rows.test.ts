import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { migrationSql } from '../support/migration-sql.js';
import { cloneDatabase, type TestDatabase } from '../support/template-database.js';

/** Tables whose rows are nobody's, and why. */
const nobodys = {
  deliveries: "its alert's",
  durations: 'what work has cost, whoever asked for it',
  loose_blobs: 'digests that the sweep looks at',
  migrations: 'of the database itself',
  workers: 'of the processes',
};

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await cloneDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const namesOf = async (sql: string): Promise<string[]> =>
  (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name);
const defaults = (): Promise<string[]> =>
  namesOf(`select table_name as name from information_schema.columns where table_schema = 'public'
           and column_name = 'owner' and (column_default is not null or is_nullable = 'YES') order by 1`);

test('every table has an owner in each row, or it is known why not', async () => {
  const without = await namesOf(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_name not in (
       select table_name from information_schema.columns where table_schema = 'public' and column_name = 'owner'
     ) order by 1`,
  );
  expect(without).toEqual(Object.keys(nobodys));
});

test('whoever writes a row says whose it is: nothing is anybody’s by default', async () => {
  expect(await defaults()).toEqual([]);
  await expect(
    client.query('insert into reservations (id, "for", expires_at) values (uuidv7(), \'/images\', now())'),
  ).rejects.toThrow('"owner"');
});

test('the build before it finds its defaults again, and whose the rows are does not change', async () => {
  const insert = (columns: string, values: string) =>
    client.query(
      `insert into reservations (id, "for", expires_at${columns}) values (uuidv7(), '/images', now()${values})`,
    );
  await insert(', owner', ", 'someone'");
  await client.query(await migrationSql('owners', 'down'));
  expect(await defaults()).toHaveLength(9);
  await insert('', '');
  await client.query(await migrationSql('owners', 'up'));
  expect(await defaults()).toEqual([]);
  expect(await namesOf('select owner as name from reservations order by 1')).toEqual(['local', 'someone']);
});
