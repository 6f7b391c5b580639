import { fileURLToPath } from 'node:url';
import { KeysUsageError } from './access/keys-arguments.js';
import { OpenElsewhere } from './access/open-elsewhere.js';
import { type Config } from './config.js';
import { DataDirInUse } from './database/data-dir-lock.js';
import { lastWords } from './last-words.js';
import { ConfigError, readConfig } from './read-config.js';
import { type Log, openLog } from './log/log.js';
import { isSupervised, tellReady, whenAbandoned } from './supervised.js';
import { NotStarted } from './supervisor.js';
import { hasCode } from './system-error.js';

const usage = `Darkroom, an image-processing web service.

  npm start               the API, a worker beside it, and a database in DATA_DIR unless DATABASE_URL names one
  npm run keys -- --help  make, list and revoke the keys that let callers in
  npm start -- migrate    bring the database of DATABASE_URL up to date, and end
  npm start -- --help     this

Everything else is set by environment variables: .env.example lists them with their defaults.`;

/** Something that was started, and how it is stopped. */
interface Running {
  stop(): Promise<void>;
}

async function main(): Promise<void> {
  const [command, ...words] = process.argv.slice(2);
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
  if (command === 'keys') {
    (await import('./log/nest-log.js')).logOfNest(startLog(config, command));
    const voice = { out: (line: string) => console.log(line), aside: (line: string) => console.error(line) };
    return (await import('./access/keys-command.js')).keysCommand(words, config, new Date(), voice);
  }
  if (command !== undefined) throw new ConfigError([`there is no command ${command}: see --help`]);
  process.title = `darkroom ${config.ROLE}`;
  const log = startLog(config, config.ROLE === 'all' ? 'supervisor' : config.ROLE);
  lastWords((error) => log.error({ err: error }, 'ended by an error that nobody handled'));
  stopOnSignal(await start(config, log));
}

/** From now on everything that anyone has to say goes into the log. */
function startLog({ LOG_LEVEL: level, LOG_FORMAT }: Config, name: string): Log {
  const format = LOG_FORMAT ?? (process.stderr.isTTY ? 'pretty' : 'json');
  return openLog({ level, format, process: name });
}

/** Each role loads what it needs and no more: the process that keeps the others running is to be small, and quick. */
async function start(config: Config, log: Log): Promise<Running> {
  switch (config.ROLE) {
    case 'all':
      return (await import('./all.js')).startAll(config, fileURLToPath(import.meta.url), log);
    case 'api': {
      // Its supervisor was killed: the port is needed by the next one, who may stop the database too.
      whenAbandoned(() => process.exit(1));
      const api = await (await import('./api.js')).startApi(config, databaseUrlOf(config), log);
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
      (await import('./log/nest-log.js')).logOfNest(log);
      const worker = await (await import('./worker.js')).startWorker(config, databaseUrlOf(config));
      tellReady();
      if (!isSupervised()) console.log('Darkroom: this worker is ready');
      return worker;
    }
    default:
      return config.ROLE satisfies never;
  }
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
  const expected = [ConfigError, DataDirInUse, NotStarted, KeysUsageError, OpenElsewhere].some(
    (type) => error instanceof type,
  );
  if (hasCode(error, 'EADDRINUSE')) console.error(portInUse(error));
  else console.error(expected && error instanceof Error ? error.message : error);
  process.exit(1);
}

function portInUse(error: unknown): string {
  const said = error instanceof Error ? error.message : '';
  return `Another program listens there already (${said}). Stop it, or set PORT to another port.`;
}

main().catch(fail);
