import { Logger } from '@nestjs/common';
import pg from 'pg';

/** First half of the advisory locks' keys, any number; the second is the hash of the holder's id. */
const lockClass = 0x0da2c;

const sweepEveryMs = 2_500;
const reconnectAfterMs = 500;
/** A server that has stopped answering is a lost connection, ms. */
const queryTimeoutMs = 10_000;

/**
 * Tells living workers from dead ones. Each worker process holds a session advisory lock under its id for as long as it
 * lives; PostgreSQL drops it the moment the connection of a killed process breaks. Every worker looks for jobs whose
 * holder has no such lock and frees them: graphile-worker alone would wait four hours.
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
    private readonly workerId: string,
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
      await client.query('select pg_advisory_lock_shared($1, hashtext($2))', [lockClass, this.workerId]);
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
    } catch (error) {
      this.logger.warn(`cannot look for dead workers: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.plan(this.client === undefined ? reconnectAfterMs : sweepEveryMs);
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

  /** A lock of two keys stands in pg_locks as classid and objid, unsigned, with objsubid 2. */
  private async findDead(): Promise<string[]> {
    const result = await this.client?.query<{ holder: string }>(
      `select locked_by as holder
       from graphile_worker._private_jobs
       -- A worker that has just begun may not hold its lock yet.
       where locked_by is not null and locked_at < now() - interval '3 seconds'
       group by locked_by
       having not exists (
         select from pg_locks
         where locktype = 'advisory' and granted and objsubid = 2
           and database = (select oid from pg_database where datname = current_database())
           and classid::bigint = $1 and objid::bigint = hashtext(locked_by)::bigint & 4294967295
       )`,
      [lockClass],
    );
    return (result?.rows ?? []).map(({ holder }) => holder);
  }
}
