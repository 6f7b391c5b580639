import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { DataDirInUse, type EmbeddedPostgres, startEmbeddedPostgres } from '../src/database/embedded-postgres.js';
import { binariesFor, findBinaries } from '../src/database/postgres-binaries.js';
import { chooseServerUser, runAs } from '../src/database/postgres-user.js';
import { findPostmaster } from '../src/database/postmaster-file.js';

/** PostgreSQL as the service starts it by itself, with real servers, killed as life kills them. */

jest.setTimeout(30_000);

let dataDir: string;
const running: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

/** A DATA_DIR that has run once: most tests begin with a copy of it, which spares them the making of a database. */
let used: string;

beforeAll(async () => {
  used = dataDir = await newFolder();
  await (await start()).stop();
});

afterAll(() => rm(used, { recursive: true }));

beforeEach(async () => {
  dataDir = await newFolder();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of running.splice(0)) await server.stop();
  await stopServerLeftOn(dataDir);
  await rm(dataDir, { recursive: true, force: true });
});

test('what was written is there after a restart, with the same password', async () => {
  const first = await start();
  await query(first, 'create table kept as select 42 as answer');
  await first.stop();

  const second = await start();
  expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
  expect(new URL(second.url).password).toBe(new URL(first.url).password);
});

test('it keeps text as UTF-8 and time in UTC, and listens to this machine alone', async () => {
  await reuse();
  const server = await start();
  const settings = ['server_encoding', 'TimeZone', 'listen_addresses', 'data_checksums'];
  expect(
    await query(server, `select name, setting from pg_settings where name = any('{${settings.join()}}') order by 1`),
  ).toEqual([
    { name: 'TimeZone', setting: 'UTC' },
    { name: 'data_checksums', setting: 'on' },
    { name: 'listen_addresses', setting: '127.0.0.1' },
    { name: 'server_encoding', setting: 'UTF8' },
  ]);
  expect((await stat(join(dataDir, 'postgres.password'))).mode & 0o777).toBe(0o600);
});

test('a DATA_DIR in use is refused, and its user is named', async () => {
  await reuse();
  const { pid } = await startInChild();
  const refusal = await startEmbeddedPostgres({ dataDir, durable: false }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DataDirInUse);
  expect((refusal as Error).message).toBe(
    `Another Darkroom (process ${pid}) is running on ${dataDir}. Stop it, or set DATA_DIR to another folder.`,
  );
});

test('of two that start at the same moment on an empty DATA_DIR exactly one runs', async () => {
  const outcomes = await Promise.allSettled([start(), start()]);
  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refusals.map(({ reason }) => (reason as Error).name)).toEqual(['DataDirInUse']);
  expect(await query(running[0], 'select 1 as one')).toEqual([{ one: 1 }]);
  expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'postgres.log', 'postgres.password']);
});

test('a server whose Darkroom was killed is taken over, and its rows survive', async () => {
  await reuse();
  const { child, server } = await startInChild();
  await query(server, 'create table kept as select 42 as answer');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await query(server, 'select answer from kept')).toHaveLength(1);

  const heir = await start();
  expect(await query(heir, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await expect(query(server, 'select 1')).rejects.toThrow();
});

test("a postmaster.pid whose number is now another program's is no obstacle", async () => {
  await reuse();
  const bystander = spawn('sleep', ['60']);
  children.push(bystander);
  await writeFile(
    join(dataDir, 'postgres', 'postmaster.pid'),
    [bystander.pid, join(dataDir, 'postgres'), 1, 5432, '', '127.0.0.1', '1 1', 'ready', ''].join('\n'),
  );

  expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(bystander.exitCode).toBeNull();
});

test('a server that is killed comes back under the same URL, and is still ours alone', async () => {
  await reuse();
  const server = await start();
  await query(server, 'create table kept as select 42 as answer');
  process.kill(await postmasterPid(), 'SIGKILL');

  expect(await eventually(() => query(server, 'select answer from kept'))).toEqual([{ answer: 42 }]);
  await expect(startEmbeddedPostgres({ dataDir, durable: false })).rejects.toThrow(DataDirInUse);
});

test('a server that cannot start says why', async () => {
  await reuse();
  await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '9\n');
  await expect(start()).rejects.toThrow(/did not start[^]*initialized by PostgreSQL version 9/);
});

if (process.getuid?.() === 0) {
  describe('as root, in folders that other users cannot enter', () => {
    test('the database lies elsewhere, and DATA_DIR links to it', async () => {
      await chmod(dataDir, 0o700);
      const first = await start();
      const elsewhere = await readlink(join(dataDir, 'postgres'));
      try {
        await query(first, 'create table kept as select 42 as answer');
        await first.stop();
        expect(await query(await start(), 'select answer from kept')).toEqual([{ answer: 42 }]);
        expect(await readFile(join(elsewhere, 'belongs-to'), 'utf8')).toBe(`${dataDir}\n`);
      } finally {
        await Promise.all(running.splice(0).map((server) => server.stop()));
        await rm(elsewhere, { recursive: true });
      }
    });

    test('the programs are copied to where they can be run', async () => {
      const { home } = await findBinaries();
      await chmod(dataDir, 0o700);
      const hidden = { home: join(dataDir, 'native'), version: `test-${process.pid}` };
      await cp(home, hidden.home, { recursive: true, verbatimSymlinks: true });
      await chmod(hidden.home, 0o700);

      const user = await chooseServerUser(dataDir, join(dataDir, 'postgres'));
      const copy = await binariesFor(user, hidden);
      try {
        expect(copy.home).not.toBe(hidden.home);
        expect((await runAs(user, join(copy.home, 'bin', 'initdb'), ['--version'])).ok).toBe(true);
        expect(await readdir(dirname(copy.home))).not.toContainEqual(expect.stringContaining(`${hidden.version}.`));
      } finally {
        await rm(copy.home, { recursive: true });
      }
    });
  });
}

/** Where the server's user may enter, unlike the folders that mkdtemp makes. */
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `darkroom-test-${process.pid}-`));
  await chmod(folder, 0o755);
  return folder;
}

async function reuse(): Promise<void> {
  await promisify(execFile)('cp', ['-a', `${used}/.`, dataDir]);
}

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  running.push(server);
  return server;
}

/** Another process that runs the DATA_DIR and says where. */
async function startInChild(): Promise<{ child: ChildProcess; pid: number | undefined; server: { url: string } }> {
  const module = new URL('../src/database/embedded-postgres.js', import.meta.url).href;
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(module)};
    console.log((await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false })).url);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, pid: child.pid, server: { url: chunk.toString().trim() } };
}

async function query(server: { url: string } | undefined, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server?.url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<pg.QueryResultRow>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 10_000; ; await sleep(50)) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

async function postmasterPid(): Promise<number> {
  const found = await findPostmaster(join(dataDir, 'postgres'));
  if (found === undefined) throw new Error('No server runs here.');
  return found.pid;
}

async function stopServerLeftOn(folder: string): Promise<void> {
  for (let left; (left = await findPostmaster(join(folder, 'postgres'))) !== undefined; await sleep(50)) {
    process.kill(left.pid, 'SIGQUIT');
  }
}
