import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf, readProc } from '../bench/process-family.js';
import { send } from './send.js';
import { role as databaseRole } from '../src/database/postgres-cluster.js';
import { findPostmaster } from '../src/database/postmaster-file.js';

const main = fileURLToPath(new URL('../src/main.js', import.meta.url));

/** It starts within this, or never, also on a machine with much else to do, ms. */
const readyMs = 180_000;

export interface ProgramOptions {
  role: 'all' | 'api' | 'worker';
  dataDir: string;
  port: number;
  /** Without one it runs its own, in its data folder. */
  databaseUrl?: string | undefined;
  environment: Record<string, string>;
  /** Where all that it prints is kept. */
  log: string;
}

export type Part = 'main' | 'api' | 'worker';

/** The program as it is run, in a process group of its own; its parts are found, killed and stopped from outside. */
export class Program {
  private child: ChildProcess | undefined;
  /** Resolves with the exit code when it has ended. */
  exited: Promise<number | null> = Promise.resolve(null);

  constructor(private readonly options: ProgramOptions) {}

  /** Starts it, or starts it again. */
  async run(): Promise<void> {
    const { role, dataDir, port, databaseUrl = '', environment, log } = this.options;
    const settings = { ROLE: role, DATA_DIR: dataDir, PORT: String(port), DATABASE_URL: databaseUrl };
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      env: { PATH: process.env['PATH'], ...settings, ...environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const file = createWriteStream(log, { flags: 'a' });
    for (const stream of [child.stdout, child.stderr]) stream.pipe(file, { end: false });
    this.child = child;
    this.exited = once(child, 'exit').then(([code]) => code as number | null);
    if (role !== 'worker') await this.ready();
  }

  /** Until it takes requests. */
  private async ready(): Promise<void> {
    for (const until = performance.now() + readyMs; performance.now() < until; await sleep(50)) {
      if (!this.isRunning) throw new Error(`it ended by itself: see ${this.options.log}`);
      const answer = await send('GET', new URL('/livez', this.origin), { patienceMs: readyMs }).catch(() => undefined);
      if (answer?.status === 200) return;
    }
    throw new Error(`it was not ready in ${readyMs / 1000} s: see ${this.options.log}`);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  /** Process ids of a part, and not of the children that it has for pixels. */
  pids(part: Part): number[] {
    if (part === 'main') return [this.pid];
    return this.family().filter((pid) => readProc(`${pid}/cmdline`).startsWith(`darkroom ${part}`));
  }

  /** The one process of a part, as soon as there is one. */
  async pidOf(part: Part): Promise<number> {
    for (const until = performance.now() + readyMs; performance.now() < until; await sleep(10)) {
      const [pid] = this.pids(part);
      if (pid !== undefined) return pid;
    }
    throw new Error(`there is no ${part}`);
  }

  /** All that it consists of, but for the database. */
  family(): number[] {
    return familyOf(this.pid).filter((pid) => /^darkroom |\.js\0/.test(readProc(`${pid}/cmdline`)));
  }

  /** The database that it runs by itself: the postmaster first. */
  async postgres(): Promise<number[]> {
    const postmaster = await findPostmaster(join(this.options.dataDir, 'postgres'));
    return postmaster === undefined ? [] : familyOf(postmaster.pid);
  }

  async embeddedUrl(): Promise<string> {
    const { dataDir } = this.options;
    const password = (await readFile(join(dataDir, 'postgres.password'), 'utf8')).trim();
    const postmaster = await findPostmaster(join(dataDir, 'postgres'));
    return `postgres://${databaseRole}:${password}@127.0.0.1:${postmaster?.port}/darkroom`;
  }

  /** SIGKILL for all of it but the database, at once. */
  async killAll(): Promise<void> {
    if (!this.isRunning) return;
    signal(this.family(), 'SIGKILL');
    await this.exited;
  }

  /** As an operator stops it; what stands still is woken first. @returns its exit code */
  async terminate(): Promise<number | null> {
    if (this.child === undefined || !this.isRunning) return null;
    signal([...this.family(), ...(await this.postgres())], 'SIGCONT');
    this.child.kill('SIGTERM');
    return this.exited;
  }

  /** Whatever is left of it, and of its database. */
  async destroy(): Promise<void> {
    await this.killAll();
    signal(await this.postgres(), 'SIGKILL');
  }
}

/** To those of them that are still there. */
export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Below the ports that the system gives to connections by itself. */
const ports = { first: 30_000, count: 2_000 };
let nextPort = randomInt(ports.count);

/** One after the other: a program that is started again finds its own, which no other of these has meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = ports.first + (nextPort++ % ports.count);
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer().once('error', () => resolve(false));
      probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}
