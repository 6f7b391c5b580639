import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Any number would do, so long as it is always this one ("darkroom", read as base 36, cut to 31 bits). */
const key = 1_147_512_319;

const retakeMs = { first: 50, longest: 1_000 };

export class DataDirInUse extends Error {
  constructor(dataDir: string, pid: number | undefined) {
    const which = pid === undefined ? 'Another Darkroom' : `Another Darkroom (process ${pid})`;
    super(`${which} is running on ${dataDir}. Stop it, or set DATA_DIR to another folder.`);
    this.name = 'DataDirInUse';
  }
}

/** Who runs a DATA_DIR holds an advisory lock in its `postgres` database; with their session it goes by itself. */
export type Login = Pick<pg.ClientConfig, 'host' | 'port' | 'user' | 'password'>;

/** Connects to the database that is always there. An error on an idle connection is an event here, never the end of us. */
export async function connect(login: Login): Promise<pg.Client> {
  const client = new pg.Client({
    ...login,
    database: 'postgres',
    application_name: `darkroom-${process.pid}`,
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [key]);
  return rows[0]?.taken === true;
}

/** Whether somebody holds the lock, and which process, as far as they say. */
export async function lockHolder(client: pg.Client): Promise<{ pid: number | undefined } | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `select application_name as name
       from pg_locks join pg_stat_activity using (pid)
      where locktype = 'advisory' and granted and classid = 0 and objid = $1 and objsubid = 1`,
    [key],
  );
  return rows[0] && { pid: processIn(rows[0].name) };
}

/** Ours are named `darkroom-<process>`: connections and servers alike. */
export function processIn(name: string): number | undefined {
  const digits = /^darkroom-(\d+)$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The lock, held for as long as we run: lost with its connection, it is taken again as soon as the server is back. */
export class DataDirLock {
  private client: pg.Client | undefined;
  private released = false;

  constructor(
    private readonly dataDir: string,
    private readonly login: Login,
    private readonly log: (message: string) => void,
  ) {}

  async take(): Promise<void> {
    const client = await connect(this.login);
    try {
      if (!(await tryLock(client))) throw new DataDirInUse(this.dataDir, (await lockHolder(client))?.pid);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    this.client = client;
    client.once('end', () => void this.retake());
  }

  /** The lock itself goes with the server, which outlives our wish to hold it by the length of its shutdown. */
  release(): void {
    this.released = true;
  }

  async close(): Promise<void> {
    this.release();
    await this.client?.end().catch(() => undefined);
  }

  private async retake(): Promise<void> {
    for (let waitMs = retakeMs.first; !this.released; waitMs = Math.min(2 * waitMs, retakeMs.longest)) {
      try {
        return await this.take();
      } catch (error) {
        if (error instanceof DataDirInUse) this.log(error.message);
      }
      await sleep(waitMs);
    }
  }
}
