import { resolve } from 'node:path';
import { type Config } from './config.js';
import { startEmbeddedPostgres } from './database/embedded-postgres.js';
import { migrate } from './database/migrate.js';
import { type Log } from './log/log.js';
import { Supervisor } from './supervisor.js';

/** To give back what was not finished in the time to drain, on a machine with much else to do, ms. */
const giveBackMs = 2_000;

type Say = (message: string) => void;

/** The API and a worker, each in a process of its own that is started again when it ends, on one database. */
export interface All {
  stop(): Promise<void>;
}

/**
 * This process does nothing that strangers could reach: it keeps the others running, and owns the database where that is our own.
 * @param script the program, as each of the two runs it
 */
export async function startAll(config: Config, script: string, log: Log): Promise<All> {
  const say: Say = (message) => log.warn({}, message);
  const database = config.DATABASE_URL
    ? { url: config.DATABASE_URL, stop: () => Promise.resolve() }
    : await startEmbeddedPostgres({ dataDir: resolve(config.DATA_DIR), log: (message) => log.info({}, message) });
  try {
    await migrate(database.url);
    const supervisors = supervise(config, script, database.url, say);
    const stop = (): Promise<unknown> => Promise.all(supervisors.map((supervisor) => supervisor.stop()));
    await supervisors[0].ready.catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return {
      async stop() {
        await stop();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

function supervise(
  { DRAIN_SECONDS, HANG_SECONDS, METRICS_PORT }: Config,
  script: string,
  databaseUrl: string,
  say: Say,
) {
  const environment = { ...process.env, DATABASE_URL: databaseUrl };
  const portOfWorker = METRICS_PORT === undefined ? {} : { METRICS_PORT: String(METRICS_PORT + 1) };
  const times = { stopMs: DRAIN_SECONDS * 1000 + giveBackMs, hangSeconds: HANG_SECONDS };
  const charge = { script, environment, ...times };
  return [
    new Supervisor({ ...charge, role: 'api', needed: true }, say),
    new Supervisor({ ...charge, environment: { ...environment, ...portOfWorker }, role: 'worker', needed: false }, say),
  ] as const;
}
