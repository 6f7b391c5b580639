import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
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
  /** Answers 200 once it is ready. */
  readonly readyPath: string;
  readonly profiled?: boolean;
}

const readyMs = 30_000;
/** The service drains for six seconds at most. */
const stopMs = 10_000;

/** The real service, as it is run in production. */
export function startService(
  bench: Bench,
  env: { ROLE: 'all' | 'api'; DATABASE_URL: string; DATA_DIR: string },
): Promise<ServerProcess> {
  return startServer(bench, { script: '../src/main.js', env, readyPath: '/readyz', profiled: true });
}

/** A server in a process of its own; resolves when it is ready. Its environment is what is given and nothing else. */
export async function startServer(
  bench: Bench,
  { script, env, readyPath, profiled = false }: ServerOptions,
): Promise<ServerProcess> {
  const { signal, profileFolder } = bench;
  const port = await freePort();
  const profiling = profiled && profileFolder !== undefined ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [];
  const child = spawn(process.execPath, [...profiling, fileURLToPath(new URL(script, import.meta.url))], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', PORT: String(port), HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-4_000)));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()).on('error', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), stopMs);
    await exited;
    clearTimeout(killer);
  };
  const url = `http://127.0.0.1:${port}`;
  const up = await Promise.race([isReady(`${url}${readyPath}`, signal), exited.then(() => false)]);
  if (!up || child.pid === undefined) {
    await stop();
    signal.throwIfAborted();
    throw new Error(`${script} did not get ready. Its last words:\n${complaints}`);
  }
  return { url, pid: child.pid, [Symbol.asyncDispose]: stop };
}

async function isReady(url: string, signal: AbortSignal): Promise<boolean> {
  for (const until = Date.now() + readyMs; Date.now() < until && !signal.aborted; await sleep(50)) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return true;
  }
  return false;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
