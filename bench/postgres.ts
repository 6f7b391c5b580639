import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/database/embedded-postgres.js';
import { migrate } from '../src/database/migrate.js';

export interface Postgres extends AsyncDisposable {
  /** An empty, migrated database of its own, dropped after use. */
  database(): Promise<Database>;
}

export interface Database extends AsyncDisposable {
  readonly url: string;
  query(statement: string): Promise<Record<string, unknown>[]>;
}

/** A durable server in a folder, or the one of BENCH_DATABASE_URL. */
export async function startPostgres(folder: string): Promise<Postgres> {
  const given = process.env['BENCH_DATABASE_URL'];
  const server =
    given === undefined ? await startEmbeddedPostgres({ dataDir: join(folder, 'database'), durable: true }) : undefined;
  const url = server?.url ?? given ?? '';
  return {
    database: () => createDatabase(url),
    [Symbol.asyncDispose]: async () => server?.stop(),
  };
}

async function createDatabase(serverUrl: string): Promise<Database> {
  const name = `darkroom_bench_${randomBytes(6).toString('hex')}`;
  await once(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await migrate(url.href);
  return {
    url: url.href,
    query: (statement) => once(url.href, statement),
    [Symbol.asyncDispose]: async () => {
      await once(serverUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function once(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}
