import { readdir, readFile } from 'node:fs/promises';
import { Logger, runMigrations as migrateQueue } from 'graphile-worker';
import pg from 'pg';

/** Plain SQL, up and down, one thought each. Relative to this file in dist/src/database. */
const folder = new URL('../../../migrations/', import.meta.url);

/** Any number, the same in every process: of several that start at once, one migrates and the others wait. */
const lockKey = 4_102_444_800;

/**
 * Brings a database up to date: our own migrations, each in a transaction, then those of the queue.
 * Safe to run from several processes at once.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    await client.query(
      'create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    for (const name of await pending(client)) await apply(client, name);
    // Under the same lock: two processes that both find no queue would both create it.
    await migrateQueue({ connectionString: databaseUrl, logger: new Logger(() => () => undefined) });
  } finally {
    await client.end();
  }
}

/** Names of the migrations that this build has and the database has not, in order. */
export async function pending(client: Pick<pg.Client, 'query'>): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from migrations');
  const applied = new Set(rows.map(({ name }) => name));
  return (await known()).filter((name) => !applied.has(name));
}

export async function known(): Promise<string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith('.up.sql'))
    .map((file) => file.slice(0, -'.up.sql'.length))
    .sort();
}

async function apply(client: pg.Client, name: string): Promise<void> {
  const sql = await readFile(new URL(`${name}.up.sql`, folder), 'utf8');
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('insert into migrations (name) values ($1)', [name]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new Error(`Migration ${name} failed; the database is as it was before it.`, { cause });
  }
}
