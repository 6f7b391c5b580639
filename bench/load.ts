import { createRequire } from 'node:module';
import { runScript } from './program.js';

const autocannon = createRequire(import.meta.url).resolve('autocannon');

export interface Load {
  readonly url: string;
  /** Sent as JSON with each request; `[<id>]` in it is another text each time. */
  readonly body: object;
  readonly connections: number;
  readonly seconds: number;
}

export interface Throughput {
  /** Answers in the time. */
  readonly answers: number;
  readonly perSecond: number;
  /** Latency of half of the requests, ms. */
  readonly p50: number;
  /** Latency of all but one in a hundred, ms. */
  readonly p99: number;
}

/** POSTs for some seconds, from a process of its own, a request a connection at a time. Any answer but 2xx is an error. */
export async function postFor({ url, body, connections, seconds }: Load, signal: AbortSignal): Promise<Throughput> {
  const content = ['--method', 'POST', '--headers', 'content-type=application/json', '--body', JSON.stringify(body)];
  const amount = ['--connections', String(connections), '--duration', String(seconds)];
  const printed = await runScript(
    autocannon,
    [...content, ...amount, '--idReplacement', '--json', '--no-progress', url],
    signal,
  );
  const answers = numberAt(printed, '2xx');
  const failures = numberAt(printed, 'non2xx') + numberAt(printed, 'errors');
  if (failures > 0) throw new Error(`${failures} of ${answers + failures} requests to ${url} failed.`);
  return {
    answers,
    perSecond: answers / numberAt(printed, 'duration'),
    p50: numberAt(printed, 'latency', 'p50'),
    p99: numberAt(printed, 'latency', 'p99'),
  };
}

function numberAt(value: unknown, ...path: string[]): number {
  let found = value;
  for (const name of path) found = typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined;
  if (typeof found !== 'number') throw new Error(`autocannon printed no ${path.join('.')}.`);
  return found;
}
