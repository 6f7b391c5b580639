import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, DataDirInUse, DataDirLock, type Login } from './data-dir-lock.js';
import { type Cluster, openCluster, role } from './postgres-cluster.js';
import { PostgresProcess } from './postgres-process.js';
import { makeWay } from './postgres-takeover.js';
import { findPostmaster } from './postmaster-file.js';
import { messageOf } from '../system-error.js';

export { DataDirInUse };

export interface EmbeddedPostgres {
  url: string;
  /** Ends within nine seconds. Close your own connections first; those that are left are cut off. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  dataDir: string;
  log?: ((message: string) => void) | undefined;
  /** False for tests: several times quicker, and worthless after a power cut. */
  durable?: boolean | undefined;
}

const database = 'darkroom';

export function embeddedUrl(password: string, port: number): string {
  return `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
}

/** What an end of a server says that another try may well mend: rivals, and backends that outlived their postmaster. */
const passing = /lock file .* already exists|pre-existing shared memory block|could not bind|Address already in use/;
/** A backend in the middle of a long query notices only at its end that its postmaster is dead; till then we try in silence. */
const outlived = /pre-existing shared memory block/;
const startPatienceMs = 30_000;
const backoffMs = { first: 100, longest: 2_000 };
const steadyMs = 60_000;

/**
 * A PostgreSQL of our own on DATA_DIR, for as long as this process runs: made on first use, watched, and stopped by us.
 * What a process that was killed left running is taken over; a DATA_DIR that another Darkroom uses is refused.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const cluster = await openCluster(resolve(options.dataDir), options.durable ?? true);
  const { server, port } = await firstStart(cluster, log);
  const login = { host: '127.0.0.1', port, user: role, password: cluster.password };
  const lock = new DataDirLock(cluster.dataDir, login, log);
  try {
    await lock.take();
    await createDatabase(login);
  } catch (error) {
    // Whoever holds the lock of a server that we started has taken it over: it is theirs to stop.
    if (!(error instanceof DataDirInUse)) await server.stop();
    await lock.close();
    throw error;
  }
  const watch = new Watch(cluster, login, server, log);
  return {
    url: embeddedUrl(cluster.password, port),
    stop: async () => {
      lock.release();
      await watch.stop();
      await lock.close();
    },
  };
}

/** Keeps the server up, on the port that everybody knows, until it is told to stop. */
class Watch {
  private stopping = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly login: Login & { port: number },
    private server: PostgresProcess,
    private readonly log: (message: string) => void,
  ) {
    void this.keepUp();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.server.stop();
  }

  private async keepUp(): Promise<void> {
    for (let waitMs = backoffMs.first; ; waitMs = Math.min(2 * waitMs, backoffMs.longest)) {
      const { server } = this;
      const since = performance.now();
      await server.exited;
      if (this.stopping) return;
      if (performance.now() - since > steadyMs) waitMs = backoffMs.first;
      const lastWords = await server.lastWords();
      if (!outlived.test(lastWords)) {
        this.log(`PostgreSQL has ended by itself and is started again. Its last words:\n${lastWords}`);
      }
      do await sleep(waitMs);
      while (!(await this.restart()));
    }
  }

  /** True once there is a new server to watch, or none any more. */
  private async restart(): Promise<boolean> {
    try {
      await makeWay(this.cluster, this.log);
      // No await between this question and the spawn, so that none is started behind the back of stop().
      if (this.stopping) return true;
      this.server = PostgresProcess.spawn(this.cluster, this.login.port);
      return true;
    } catch (error) {
      this.log(`PostgreSQL could not be started again: ${messageOf(error)}`);
      return this.stopping;
    }
  }
}

async function firstStart(cluster: Cluster, log: (message: string) => void) {
  const deadline = performance.now() + startPatienceMs;
  for (let waitMs = backoffMs.first; ; waitMs = Math.min(2 * waitMs, backoffMs.longest)) {
    await makeWay(cluster, log);
    const port = await freePort();
    const server = PostgresProcess.spawn(cluster, port);
    if (await server.ready()) return { server, port };

    const lastWords = await server.lastWords();
    const rival = await findPostmaster(cluster.directory);
    if (rival === undefined && (!passing.test(lastWords) || performance.now() > deadline)) {
      throw new Error(`PostgreSQL did not start on ${cluster.dataDir}. Its last words:\n${lastWords}`);
    }
    await sleep(waitMs);
  }
}

async function createDatabase(login: Login): Promise<void> {
  const client = await connect(login);
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}

/**
 * Below the ports that the system hands out by itself (from 32768 on Linux, 49152 elsewhere): there, a connection that
 * somebody opens while the server is restarted could take its port.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 30_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
