import { fileURLToPath } from 'node:url';
import { type Config } from './config.js';
import { DataDirInUse } from './database/data-dir-lock.js';
import { lastWords } from './last-words.js';
import { ConfigError, readConfig } from './read-config.js';
import { isSupervised, tellReady, whenAbandoned } from './supervised.js';
import { NotStarted } from './supervisor.js';
import { hasCode } from './system-error.js';

const usage = `Darkroom, an image-processing web service.

  npm start               the API, a worker beside it, and a database in DATA_DIR unless DATABASE_URL names one
  npm start -- migrate    bring the database of DATABASE_URL up to date, and end
  npm start -- --help     this

Everything else is set by environment variables: .env.example lists them with their defaults.`;

/** Something that was started, and how it is stopped. */
interface Running {
  stop(): Promise<void>;
}

async function main(): Promise<void> {
  const [command] = process.argv.slice(2);
  if (command === '--help' || command === '-h') {
    console.log(usage);
    return;
  }
  const config = readConfig(process.env);
  if (command === 'migrate') {
    if (config.DATABASE_URL === undefined) throw new ConfigError(['migrate needs DATABASE_URL']);
    await (await import('./database/migrate.js')).migrate(config.DATABASE_URL);
    return;
  }
  if (command !== undefined) throw new ConfigError([`there is no command ${command}: see --help`]);
  process.title = `darkroom ${config.ROLE}`;
  lastWords((line) => say(`${process.title}: ${line}`));
  stopOnSignal(await start(config));
}

/** Each role loads what it needs and no more: the process that keeps the others running is to be small, and quick. */
async function start(config: Config): Promise<Running> {
  switch (config.ROLE) {
    case 'all':
      return (await import('./all.js')).startAll(config, fileURLToPath(import.meta.url), say);
    case 'api': {
      // Its supervisor was killed: the port is needed by the next one, who may stop the database too.
      whenAbandoned(() => process.exit(1));
      const api = await (await import('./api.js')).startApi(config, databaseUrlOf(config));
      console.log(`Darkroom is ready: ${api.url}/ (console), ${api.url}/docs (the API, to try out)`);
      tellReady(Number(new URL(api.url).port));
      return api;
    }
    case 'worker': {
      whenAbandoned(() => {
        process.kill(process.pid, 'SIGTERM');
        // The database may be gone with the supervisor, and nothing can be given back.
        setTimeout(() => process.exit(1), (config.DRAIN_SECONDS + 1) * 1000).unref();
      });
      const worker = await (await import('./worker.js')).startWorker(config, databaseUrlOf(config));
      tellReady();
      if (!isSupervised()) console.log('Darkroom: this worker is ready');
      return worker;
    }
    default:
      return config.ROLE satisfies never;
  }
}

function say(message: string): void {
  console.error(message);
}

function databaseUrlOf(config: Config): string {
  if (config.DATABASE_URL === undefined) throw new ConfigError([`ROLE=${config.ROLE} needs DATABASE_URL`]);
  return config.DATABASE_URL;
}

/** The first signal drains; further ones change nothing: a Ctrl-C reaches all processes of the group, and us twice. */
function stopOnSignal(running: Running): void {
  let stopping = false;
  const onSignal = (): void => {
    if (stopping) return;
    stopping = true;
    running.stop().then(
      () => process.exit(),
      (error: unknown) => fail(error),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
}

/** What the operator can mend is said in a sentence; what we have to mend comes with its trace. */
function fail(error: unknown): never {
  const expected = [ConfigError, DataDirInUse, NotStarted].some((type) => error instanceof type);
  if (hasCode(error, 'EADDRINUSE')) console.error(portInUse(error));
  else console.error(expected && error instanceof Error ? error.message : error);
  process.exit(1);
}

function portInUse(error: unknown): string {
  const said = error instanceof Error ? error.message : '';
  return `Another program listens there already (${said}). Stop it, or set PORT to another port.`;
}

main().catch(fail);
