import 'reflect-metadata';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { createApp } from './app.js';
import { type Config } from './config.js';
import { ConfigError, readConfig } from './read-config.js';
import { DataDirInUse, startEmbeddedPostgres } from './database/embedded-postgres.js';
import { migrate } from './database/migrate.js';
import { countRequests, drainServer } from './drain.js';
import { endEventStreams } from './http/event-stream.js';
import { httpSettings } from './http/settings.js';
import { observerOf } from './log/observer.js';
import { type Log, openLog } from './log/log.js';
import { NestLog } from './log/nest-log.js';
import { serveMetrics } from './metrics/metrics-server.js';
import { Metrics } from './metrics/metrics.js';
import { Supervisor } from './supervisor.js';
import { TaskWatchService } from './tasks/task-watch.service.js';
import { startWorker } from './worker.js';

const usage = `Darkroom, an image-processing web service.

  npm start               the API, a worker beside it, and a database in DATA_DIR unless DATABASE_URL names one
  npm start -- migrate    bring the database of DATABASE_URL up to date, and end
  npm start -- --help     this

Everything else is set by environment variables: .env.example lists them with their defaults.`;

/** Something that was started, and how it is stopped. Stopped in the reverse order. */
type Stop = () => Promise<void>;

async function main(): Promise<void> {
  const [command] = process.argv.slice(2);
  if (command === '--help' || command === '-h') {
    console.log(usage);
    return;
  }
  const config = readConfig(process.env);
  if (command === 'migrate') {
    if (config.DATABASE_URL === undefined) throw new ConfigError(['migrate needs DATABASE_URL']);
    await migrate(config.DATABASE_URL);
    return;
  }
  if (command !== undefined) throw new ConfigError([`there is no command ${command}: see --help`]);
  stopOnSignal(await start(config, startLog(config)));
}

/** From now on everything that anyone has to say goes into the log. */
function startLog({ LOG_LEVEL: level, LOG_FORMAT, ROLE }: Config): Log {
  const format = LOG_FORMAT ?? (process.stderr.isTTY ? 'pretty' : 'json');
  const log = openLog({ level, format, process: ROLE === 'worker' ? 'worker' : 'api' });
  Logger.overrideLogger(new NestLog(log));
  return log;
}

function start(config: Config, log: Log): Promise<Stop> {
  switch (config.ROLE) {
    case 'all':
      return startAll(config, log);
    case 'api':
      return startApi(config, databaseUrlOf(config), log);
    case 'worker':
      return startWorkerProcess(config, databaseUrlOf(config));
    default:
      return config.ROLE satisfies never;
  }
}

async function startAll(config: Config, log: Log): Promise<Stop> {
  const database = config.DATABASE_URL
    ? { url: config.DATABASE_URL, stop: () => Promise.resolve() }
    : await startEmbeddedPostgres({
        dataDir: resolve(config.DATA_DIR),
        log: (message) => log.info({}, message),
      });
  try {
    await migrate(database.url);
    const supervisor = new Supervisor(
      fileURLToPath(import.meta.url),
      workerEnvironment(config, database.url),
      (config.DRAIN_SECONDS + 1) * 1000,
    );
    // The worker comes up while the API does.
    supervisor.start();
    const stopApi = await startApi(config, database.url, log).catch(async (error: unknown) => {
      await supervisor.stop();
      throw error;
    });
    return async () => {
      await Promise.all([stopApi(), supervisor.stop()]);
      await database.stop();
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Where the worker differs from the process that starts it. */
function workerEnvironment({ METRICS_PORT: port }: Config, databaseUrl: string): Record<string, string> {
  return { DATABASE_URL: databaseUrl, ...(port === undefined ? {} : { METRICS_PORT: String(port + 1) }) };
}

async function startApi(config: Config, databaseUrl: string, log: Log): Promise<Stop> {
  const app = await createApp(config, databaseUrl, [observerOf(log)]);
  const inFlight = countRequests(app.getHttpServer());
  if (config.METRICS_PORT) await serveMetrics(app.get(Metrics), config.METRICS_PORT, config.HOST);
  await app.listen(config.PORT, config.HOST);
  const url = (await app.getUrl()).replace('[::1]', 'localhost');
  console.log(`Darkroom is ready: ${url}/ (console), ${url}/docs (the API, to try out)`);
  return async () => {
    httpSettings(app.getHttpAdapter().getInstance()).draining = true;
    // Whoever waits is answered now, and asks the next process.
    app.get(TaskWatchService, { strict: false }).release();
    endEventStreams();
    await drainServer(app.getHttpServer(), inFlight, config.DRAIN_SECONDS * 1000);
    await app.close();
  };
}

async function startWorkerProcess(config: Config, databaseUrl: string): Promise<Stop> {
  // The API that supervises this process is gone: it was killed, and a new one starts its own.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  const worker = await startWorker(config, databaseUrl);
  return () => worker.stop();
}

function databaseUrlOf(config: Config): string {
  if (config.DATABASE_URL === undefined) throw new ConfigError([`ROLE=${config.ROLE} needs DATABASE_URL`]);
  return config.DATABASE_URL;
}

/** The first signal drains; further ones change nothing: a Ctrl-C reaches all processes of the group, and us twice. */
function stopOnSignal(stop: Stop): void {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(),
      (error: unknown) => fail(error),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
}

/** What the operator can mend is said in a sentence; what we have to mend comes with its trace. */
function fail(error: unknown): never {
  const expected = error instanceof ConfigError || error instanceof DataDirInUse || isAddressInUse(error);
  if (expected && error instanceof Error) console.error(error.message);
  else new Logger('main').error({ msg: 'it cannot go on', err: error });
  process.exit(1);
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'EADDRINUSE';
}

main().catch(fail);
