import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** How often the database is looked at while something is waited for, ms. */
const lookEveryMs = 10;

/** The drill's own view of the database: it waits for moments, and holds the service there. */
export class Sql implements AsyncDisposable {
  private readonly pool: pg.Pool;

  /** @param connections with one, all that is asked is of one session, in its order */
  constructor(
    readonly url: string,
    connections = 3,
  ) {
    this.pool = new pg.Pool({ connectionString: url, max: connections, application_name: 'drill' });
    this.pool.on('error', () => undefined);
  }

  async rows<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, values)).rows;
  }

  /** Waits until there is a row. While the database is away there is none. @throws Error after so long */
  async until<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = [], limitMs = 180_000): Promise<Row> {
    for (const end = performance.now() + limitMs; performance.now() < end; await sleep(lookEveryMs)) {
      const [row] = await this.rows<Row>(sql, values).catch(() => []);
      if (row !== undefined) return row;
    }
    throw new Error(`it never came to be in ${limitMs / 1000} s: ${sql}`);
  }

  /** Waits until there are none. @returns false where that is not so after so long */
  async untilNone(sql: string, limitMs: number): Promise<boolean> {
    for (const end = performance.now() + limitMs; performance.now() < end; await sleep(5 * lookEveryMs)) {
      const rows = await this.rows(sql).catch(() => undefined);
      if (rows?.length === 0) return true;
    }
    return false;
  }

  /**
   * Does something that takes a lock, and keeps it: whoever needs the same waits in the middle of its own transaction, where
   * it can be found, and killed.
   */
  async hold(statement: string, values: unknown[] = []): Promise<Hold> {
    const client = await this.pool.connect();
    client.on('error', () => undefined);
    await client.query('begin');
    await client.query(statement, values);
    const [self] = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows;
    const waiting = `select from pg_stat_activity where $1 = any(pg_blocking_pids(pid)) and application_name like $2`;
    return {
      waitedFor: async (who) => void (await this.until(waiting, [self?.pid, `%${who}%`])),
      [Symbol.asyncDispose]: async () => {
        await client.query('rollback').catch(() => undefined);
        client.release(true);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.end();
  }
}

export interface Hold extends AsyncDisposable {
  /** Resolves when a process of that role waits for it. */
  waitedFor(who: 'api' | 'worker'): Promise<void>;
}
