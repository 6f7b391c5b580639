import { Logger } from '@nestjs/common';
import pg from 'pg';

/** First half of the advisory locks' keys, any number; the second is the hash of the holder's id. */
const lockClass = 0x0da2c;

const sweepEveryMs = 4_000;
const reconnectAfterMs = 500;

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
    const client = new pg.Client({ connectionString: this.databaseUrl, application_name: 'darkroom liveness' });
    client.on('error', (error) => this.logger.warn(`lost the connection: ${error.message}`));
    client.once('end', () => {
      this.client = undefined;
    });
    await client.connect();
    await client.query('select pg_advisory_lock($1, hashtext($2))', [lockClass, this.workerId]);
    this.client = client;
  }

  private async sweep(): Promise<void> {
    try {
      if (this.client === undefined) await this.connect();
      const freed = await this.freeJobsOfTheDead();
      if (freed > 0) this.logger.warn(`freed ${freed} job(s) of workers that died`);
    } catch (error) {
      this.logger.warn(`cannot look for dead workers: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.sweep(), this.client === undefined ? reconnectAfterMs : sweepEveryMs);
  }

  /** A lock of two keys stands in pg_locks as classid and objid, unsigned, with objsubid 2. */
  private async freeJobsOfTheDead(): Promise<number> {
    const result = await this.client?.query<{ holder: string; jobs: number }>(
      `with dead as (
         select locked_by as holder, count(*)::int as jobs
         from graphile_worker._private_jobs
         -- A worker that has just begun may not hold its lock yet.
         where locked_by is not null and locked_at < now() - interval '3 seconds'
         group by locked_by
         having not exists (
           select from pg_locks
           where locktype = 'advisory' and granted and objsubid = 2
             and database = (select oid from pg_database where datname = current_database())
             and classid::bigint = $1 and objid::bigint = hashtext(locked_by)::bigint & 4294967295
         )
       )
       select holder, jobs, graphile_worker.force_unlock_workers(array[holder]) from dead`,
      [lockClass],
    );
    return (result?.rows ?? []).reduce((sum, { jobs }) => sum + jobs, 0);
  }
}
