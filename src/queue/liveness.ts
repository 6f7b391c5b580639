import { Logger } from '@nestjs/common';
import pg from 'pg';
import { type JobsInHand } from './jobs-in-hand.js';
import { isAliveSql, workerLockClass } from './worker-lock.js';
import { messageOf } from '../system-error.js';

/** Several times within the seconds after which a silent worker hangs. */
const sweepEveryMs = (hangSeconds: number): number => Math.min(2_500, hangSeconds * 250);
const reconnectAfterMs = 500;
/** A server that has stopped answering is a lost connection, ms. */
const queryTimeoutMs = 10_000;

/** A worker process, as others see it. */
export interface WorkerProcess {
  /** What its jobs are locked by: an id for each of its pools. */
  ids: readonly [string, ...string[]];
  /** Tasks that it works on at once. */
  slots: number;
  /** After so long without a sign of life a worker hangs. */
  hangSeconds: number;
}

/**
 * Tells living workers from dead ones. Each worker process is registered, and holds session advisory locks under its ids
 * for as long as it lives; that it looks for others is its sign of life. Every worker looks for jobs whose holder has no such
 * lock, or gives no such sign, and frees them: graphile-worker alone would wait four hours.
 */
export class Liveness {
  private readonly logger = new Logger('liveness');
  private client: pg.Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  /** Found dead by the latest sweep. */
  private suspects = new Set<string>();

  constructor(
    private readonly databaseUrl: string,
    private readonly worker: WorkerProcess,
    private readonly inHand: JobsInHand,
  ) {}

  async start(): Promise<void> {
    await this.connect();
    await this.sweep();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: 'darkroom liveness',
      query_timeout: queryTimeoutMs,
      connectionTimeoutMillis: queryTimeoutMs,
      keepAlive: true,
    });
    client.on('error', (error) => this.logger.warn(`lost the connection: ${error.message}`));
    try {
      await client.connect();
      // Shared: a session of ours that the server still believes in must not keep us waiting.
      await client.query('select pg_advisory_lock_shared($1, hashtext(id)) from unnest($2::text[]) as id', [
        workerLockClass,
        this.worker.ids,
      ]);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.client = client;
    // At once: whoever sweeps next must find the lock.
    client.once('end', () => {
      this.client = undefined;
      this.plan(0);
    });
  }

  private plan(afterMs: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.sweep(), afterMs);
  }

  private async sweep(): Promise<void> {
    try {
      if (this.client === undefined) await this.connect();
      const freed = await this.freeJobsOfTheDead();
      if (freed.length > 0) this.logger.warn(`freed the jobs of ${freed.length} worker(s) that died, or hang`);
      await this.freeLostJobs();
      await this.register();
    } catch (error) {
      this.logger.warn(`cannot look for dead workers: ${messageOf(error)}`);
      // It may be silent for good; a connection that is new knows.
      await this.client?.end().catch(() => undefined);
    }
    this.plan(this.client === undefined ? reconnectAfterMs : sweepEveryMs(this.worker.hangSeconds));
  }

  /** Every time: a lock that was lost for a moment may have had another worker take us off. */
  private async register(): Promise<void> {
    await this.client?.query(`delete from workers where not ${isAliveSql('id', this.worker.hangSeconds)}`);
    const { ids, slots } = this.worker;
    await this.client?.query('insert into workers (id, slots) values ($1, $2) on conflict do nothing', [ids[0], slots]);
  }

  /**
   * Who is found dead twice in a row is: a connection that was lost comes back in between.
   * @returns their ids
   */
  private async freeJobsOfTheDead(): Promise<string[]> {
    const dead = await this.findDead();
    const sure = dead.filter((holder) => this.suspects.has(holder));
    this.suspects = new Set(dead);
    if (sure.length > 0) await this.free(sure);
    return sure;
  }

  /** A job whose last try died with its worker has not failed: nobody would take it again, and it would be left for good. */
  private async free(dead: string[]): Promise<void> {
    const oneMore = `update graphile_worker._private_jobs set attempts = least(attempts, max_attempts - 1)
                     where locked_by = any($1::text[])`;
    await this.client?.query(oneMore, [dead]);
    await this.client?.query('select graphile_worker.force_unlock_workers($1::text[])', [dead]);
  }

  private async freeLostJobs(): Promise<void> {
    const lost = this.client ? await this.inHand.freeLost(this.client, this.worker.ids) : 0;
    if (lost > 0) this.logger.warn(`freed ${lost} job(s) that this worker was given by an answer that it never got`);
  }

  private async findDead(): Promise<string[]> {
    const result = await this.client?.query<{ holder: string }>(
      `select locked_by as holder
       from graphile_worker._private_jobs
       -- A worker that has just begun may not hold its lock yet.
       where locked_by is not null and locked_at < now() - interval '3 seconds'
       group by locked_by
       having not ${isAliveSql('locked_by', this.worker.hangSeconds)}`,
    );
    return (result?.rows ?? []).map(({ holder }) => holder);
  }
}
