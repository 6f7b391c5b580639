import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { program } from './postgres-binaries.js';
import type { Cluster } from './postgres-cluster.js';
import { serverEnvironment } from './postgres-user.js';
import { findPostmaster } from './postmaster-file.js';

const logBytesMax = 1_000_000;
const fastShutdownMs = 8_000;
const immediateShutdownMs = 700;

/** One run of the server, from its start to its end. */
export class PostgresProcess {
  readonly exited: Promise<void>;
  private alive = true;

  private constructor(
    private readonly child: ChildProcess,
    private readonly cluster: Cluster,
    private readonly logFile: string,
    private readonly logStart: number,
  ) {
    this.exited = new Promise((resolve) => {
      const end = () => {
        this.alive = false;
        resolve();
      };
      child.once('exit', end).once('error', end);
    });
  }

  /**
   * In a session of its own: Ctrl-C, or a TERM for our whole process group, reaches us alone, and we end the server
   * last. The log is opened by us, since the server's user may not enter DATA_DIR, and only the start shortens it.
   */
  static spawn(cluster: Cluster, port: number): PostgresProcess {
    const logFile = join(cluster.dataDir, 'postgres.log');
    const log = openSync(logFile, 'a', 0o600);
    try {
      if (fstatSync(log).size > logBytesMax) ftruncateSync(log);
      const child = spawn(
        program(cluster.binaries, 'postgres'),
        ['-D', cluster.directory, ...settings(cluster, port)],
        {
          ...cluster.user,
          cwd: '/',
          detached: true,
          env: serverEnvironment(),
          stdio: ['ignore', log, log],
        },
      );
      return new PostgresProcess(child, cluster, logFile, fstatSync(log).size);
    } finally {
      closeSync(log);
    }
  }

  /** True once it takes connections, false if it ended before. Recovery after a crash takes the time that it takes. */
  async ready(): Promise<boolean> {
    while (this.alive) {
      const found = await findPostmaster(this.cluster.directory);
      if (found?.pid === this.child.pid && found?.status === 'ready') return true;
      await Promise.race([this.exited, sleep(20)]);
    }
    return false;
  }

  /** Fast shutdown (clients are cut off, all is written), and if that takes too long an immediate one: under 9 s in all. */
  async stop(): Promise<void> {
    for (const [signal, patienceMs] of [
      ['SIGINT', fastShutdownMs],
      ['SIGQUIT', immediateShutdownMs],
      ['SIGKILL', immediateShutdownMs / 10],
    ] as const) {
      if (!this.alive) return;
      this.child.kill(signal);
      const timer = new AbortController();
      await Promise.race([this.exited, sleep(patienceMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
      timer.abort();
    }
  }

  /** The end of what this run wrote into the log, for the message that says why there is no database. */
  async lastWords(): Promise<string> {
    const log = await readFile(this.logFile).catch(() => Buffer.alloc(0));
    return log.subarray(this.logStart).toString('utf8').trim().split('\n').slice(-10).join('\n');
  }
}

function settings(cluster: Cluster, port: number): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    // How another Darkroom tells whether whoever started this server is still there.
    cluster_name: `darkroom-${process.pid}`,
    max_connections: 200,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A refused statement is its client's to report; here a busy service's conflicts would fill the disk.
    log_min_messages: 'log',
    log_checkpoints: false,
    ...(cluster.durable ? {} : { fsync: false, full_page_writes: false }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
