import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';
import { findPostmaster, isAlive } from '../../src/database/postmaster-file.js';

/**
 * Real PostgreSQL for tests: one server a Jest run, migrated once into a template, of which every test file gets a copy
 * of its own. TEST_DATABASE_URL names a server of your own instead (its `darkroom_*` databases belong to one run at a
 * time); where it is not set, it is set here, for the workers that inherit it.
 */
export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

const template = 'darkroom_template';
const copies = 'darkroom_test_';
const folders = /^darkroom-test-(\d+)-/;

let embedded: { server: EmbeddedPostgres; dataDir: string } | undefined;

export async function startTestServer(): Promise<void> {
  await removeStaleServers();
  if (process.env['TEST_DATABASE_URL'] === undefined) {
    const dataDir = await mkdtemp(join(tmpdir(), `darkroom-test-${process.pid}-`));
    // As root the server has another user, who must get in.
    await chmod(dataDir, 0o755);
    const server = await startEmbeddedPostgres({ dataDir, durable: false });
    embedded = { server, dataDir };
    process.env['TEST_DATABASE_URL'] = server.url;
  }
  try {
    await makeTemplate();
  } catch (error) {
    await stopTestServer();
    throw error;
  }
}

export async function stopTestServer(): Promise<void> {
  if (embedded === undefined) return;
  delete process.env['TEST_DATABASE_URL'];
  await embedded.server.stop();
  await removeDataDir(embedded.dataDir);
  embedded = undefined;
}

/** An empty, migrated database. Any number of workers may ask at once. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const name = `${copies}${randomBytes(6).toString('hex')}`;
  // 40 to 60 ms by way of the log; file_copy begins and ends with a checkpoint and takes 30 to 400.
  await administer(`create database ${name} template ${template} strategy wal_log`);
  return { url: urlOf(name), drop: () => drop(name) };
}

/**
 * A pool's `end()` is done before its connections are: one that is broken off in between is an error that nobody listens for.
 * Without force PostgreSQL waits 5 s for them.
 */
async function drop(name: string): Promise<void> {
  const statement = `drop database if exists ${name}`;
  await administer(statement).catch(() => administer(`${statement} with (force)`));
}

async function makeTemplate(): Promise<void> {
  // On a server of your own, a run that was killed has left its databases behind.
  const { rows } = await query<{ datname: string }>(
    `select datname from pg_database where datname = '${template}' or starts_with(datname, '${copies}')`,
  );
  for (const { datname } of rows) {
    if (datname === template) await administer(`alter database ${template} is_template false`);
    await administer(`drop database ${datname} with (force)`);
  }
  await administer(`create database ${template}`);
  await migrate(urlOf(template));
  // Nobody may connect any more, autovacuum included: a copy fails while anybody is connected to its template.
  await administer(`alter database ${template} is_template true allow_connections false`);
}

async function administer(statement: string): Promise<void> {
  await query(statement);
}

async function query<Row extends pg.QueryResultRow>(statement: string): Promise<pg.QueryResult<Row>> {
  const client = new pg.Client({ connectionString: serverUrl() });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await client.query<Row>(statement);
  } finally {
    await client.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function serverUrl(): string {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined)
    throw new Error('There is no test server: run the tests with Jest, whose globalSetup starts it.');
  return url;
}

/** Runs that were killed leave a server and a folder, named for the process that is gone. */
async function removeStaleServers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = folders.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    try {
      await removeDataDir(join(tmpdir(), name));
    } catch {
      // Another user's: theirs to remove.
    }
  }
}

async function removeDataDir(dataDir: string): Promise<void> {
  const cluster = join(dataDir, 'postgres');
  const left = await findPostmaster(cluster);
  if (left !== undefined) process.kill(left.pid, 'SIGQUIT');
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
