import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { guarded } from './data-source.js';
import { type Pulse } from './pulse.js';

const reconnectAfterMs = 500;
const closeMs = 2_000;

/**
 * graphile-worker tries again what fails with this code. With any other, that of a connection that broke included, to say how a job
 * has ended would be the end of the process.
 */
const triedAgain = 'ETIMEDOUT';

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

export interface QueuePoolOptions {
  databaseUrl: string;
  /** Connections at most. */
  max: number;
  pulse: Pulse;
  /** Aborted when there is no time any more to wait for a database that is away. */
  stopping: AbortSignal;
}

/** The connections by which jobs are taken and ended: whoever needs one while the database is away waits until it is back. */
export class QueuePool extends pg.Pool {
  private readonly logger = new Logger('queue');
  private readonly stopping: AbortSignal;

  constructor({ databaseUrl, max, pulse, stopping }: QueuePoolOptions) {
    super({ connectionString: databaseUrl, max, application_name: 'darkroom queue', ...guarded(pulse) });
    this.stopping = stopping;
    this.on('error', (error) => this.logger.warn(`a connection broke: ${error.message}`));
    this.on('connect', haveTriedAgain);
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | void {
    return callback === undefined ? this.waitFor() : super.connect(callback);
  }

  /** What was begun is ended first: graphile-worker itself does not wait until it has told how its last jobs ended. */
  async close(): Promise<void> {
    const until = performance.now() + closeMs;
    while (this.inUse > 0 && performance.now() < until) await sleep(10);
    await this.end();
  }

  private get inUse(): number {
    return this.waitingCount + this.totalCount - this.idleCount;
  }

  private async waitFor(): Promise<pg.PoolClient> {
    for (;;) {
      try {
        return await super.connect();
      } catch (error) {
        if (this.stopping.aborted) throw error;
      }
      await sleep(reconnectAfterMs, undefined, { signal: this.stopping }).catch(() => undefined);
    }
  }
}

/** What PostgreSQL has not refused itself, as a mistake in the statement, may go well on the next connection. */
function haveTriedAgain(client: pg.PoolClient): void {
  const query: (...given: unknown[]) => unknown = client.query.bind(client);
  const patient = async (...given: unknown[]): Promise<unknown> => {
    try {
      return await query(...given);
    } catch (error) {
      throw mayGoWellAgain(error) ? Object.assign(error, { code: triedAgain }) : error;
    }
  };
  Object.assign(client, { query: patient });
}

/** Classes 08 (connection), 57 (operator intervention), and what has no code of five: sockets', and pg's own. */
function mayGoWellAgain(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || /^(08|57P)/.test(code) || code === 'EPIPE';
}
