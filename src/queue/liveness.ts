import { Logger } from '@nestjs/common';
import pg from 'pg';
import { isAliveSql, workerLockClass } from './worker-lock.js';

const sweepEveryMs = 2_500;
const reconnectAfterMs = 500;
/** A server that has stopped answering is a lost connection, ms. */
const queryTimeoutMs = 10_000;

/** A worker process, as others see it. */
export interface WorkerProcess {
  id: string;
  /** Tasks that it works on at once; none where it makes deliveries. */
  slots: number;
}

/**
 * Tells living workers from dead ones. Each worker process is registered, and holds a session advisory lock under its id
 * for as long as it lives. Every worker looks for jobs whose holder has no such lock and frees them: graphile-worker
 * alone would wait four hours.
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
      keepAlive: true,
    });
    client.on('error', (error) => this.logger.warn(`lost the connection: ${error.message}`));
    try {
      await client.connect();
      // Shared: a session of ours that the server still believes in must not keep us waiting.
      await client.query('select pg_advisory_lock_shared($1, hashtext($2))', [workerLockClass, this.worker.id]);
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
      if (freed.length > 0) this.logger.warn(`freed the jobs of ${freed.length} worker(s) that died`);
      await this.register();
    } catch (error) {
      this.logger.warn(`cannot look for dead workers: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.plan(this.client === undefined ? reconnectAfterMs : sweepEveryMs);
  }

  /** Every time: a lock that was lost for a moment may have had another worker take us off. */
  private async register(): Promise<void> {
    await this.client?.query(`delete from workers where not ${isAliveSql('id')}`);
    const { id, slots } = this.worker;
    await this.client?.query('insert into workers (id, slots) values ($1, $2) on conflict do nothing', [id, slots]);
  }

  /**
   * Who is found dead twice in a row is: a connection that was lost comes back in between.
   * @returns their ids
   */
  private async freeJobsOfTheDead(): Promise<string[]> {
    const dead = await this.findDead();
    const sure = dead.filter((holder) => this.suspects.has(holder));
    this.suspects = new Set(dead);
    if (sure.length > 0) await this.client?.query('select graphile_worker.force_unlock_workers($1::text[])', [sure]);
    return sure;
  }

  private async findDead(): Promise<string[]> {
    const result = await this.client?.query<{ holder: string }>(
      `select locked_by as holder
       from graphile_worker._private_jobs
       -- A worker that has just begun may not hold its lock yet.
       where locked_by is not null and locked_at < now() - interval '3 seconds'
       group by locked_by
       having not ${isAliveSql('locked_by')}`,
    );
    return (result?.rows ?? []).map(({ holder }) => holder);
  }
}
