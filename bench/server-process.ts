import { spawn } from 'node:child_process';
import { type Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Bench } from './benchmark.js';

export interface ServerProcess extends AsyncDisposable {
  /** Origin, without a slash at the end. */
  readonly url: string;
  readonly pid: number;
}

export interface ServerOptions {
  /** Relative to this folder's compiled form. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 once it is ready. The server prints its URL when it listens. */
  readonly readyPath: string;
  readonly profiled?: boolean;
  /** What is loaded before it, relative to this folder's compiled form. */
  readonly preload?: readonly string[];
}

const readyMs = 30_000;
const askAgainMs = 50;
/** The service drains for six seconds at most. */
const stopMs = 10_000;
/** Characters of its output that are kept. */
const tailLength = 4_000;

/** What one client may have is not what is measured: it does the work of thousands. */
export const unlimited: Readonly<Record<string, string>> = {
  RATE_REQUESTS_MAX: '0',
  QUEUE_TASKS_MAX_PER_OWNER: '1000000000',
  QUEUE_TASKS_MAX: '1000000000',
  STREAMS_MAX_PER_OWNER: '1000000',
  STREAMS_MAX: '1000000',
  CONNECTIONS_MAX: '1000000',
};

/** The real service, as it is run in production. */
export function startService(
  bench: Bench,
  env: { ROLE: 'all' | 'api'; DATABASE_URL: string; DATA_DIR: string; [other: string]: string },
  preload: readonly string[] = [],
): Promise<ServerProcess> {
  return startServer(bench, {
    script: '../src/main.js',
    env: { ...unlimited, ...env },
    readyPath: '/readyz',
    profiled: true,
    preload,
  });
}

/** A server in a process of its own; resolves when it is ready. Its environment is what is given and nothing else. */
export async function startServer(
  bench: Bench,
  { script, env, readyPath, profiled = false, preload = [] }: ServerOptions,
): Promise<ServerProcess> {
  const { signal, profileFolder } = bench;
  const profiling = profiled && profileFolder !== undefined ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [];
  const here = (path: string): URL => new URL(path, import.meta.url);
  const imports = preload.map((path) => `--import=${here(path).href}`);
  const child = spawn(process.execPath, [...profiling, ...imports, fileURLToPath(here(script))], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', PORT: '0', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const printed = tail(child.stdout);
  const complaints = tail(child.stderr);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()).on('error', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), stopMs);
    await exited;
    clearTimeout(killer);
  };
  for (const until = Date.now() + readyMs; Date.now() < until && child.exitCode === null && !signal.aborted;) {
    // The system chose the port: one chosen here could be another's by now, who would answer as if all were well.
    const url = /http:\/\/[^\s/]+:\d+/.exec(printed())?.[0];
    if (url !== undefined && child.pid !== undefined && (await isReady(`${url}${readyPath}`))) {
      return { url, pid: child.pid, [Symbol.asyncDispose]: stop };
    }
    await sleep(askAgainMs);
  }
  await stop();
  signal.throwIfAborted();
  throw new Error(`${script} did not get ready. Its last words:\n${complaints()}`);
}

/** @returns what gives the end of what came so far */
function tail(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (more: string) => (text = (text + more).slice(-tailLength)));
  return () => text;
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok ?? false;
}
