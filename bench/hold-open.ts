import http from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { readProc } from './process-family.js';
import { quantile } from './statistics.js';

// A program: hold-open.js wait|events ORIGIN TASK COUNT PID. So many connections wait for the end of one task, or follow
// its events; then the task is cancelled. It tells how long after the task's end (`completed`: the beginning of the
// transaction that ended it) each had its whole answer, ms, and what the server's memory has grown by for each, KiB.

/** Opened at once: a listening socket keeps no more than 511 that wait to be taken. */
const atOnce = 100;
/** Whoever was heard by the server waits by then, ms. */
const settleMs = 1_500;

const agent = new http.Agent({ maxSockets: Infinity });

async function main([mode = 'wait', origin = '', task = '', count = '0', pid = '0']: string[]): Promise<void> {
  const uri = `${origin}/images/tasks/${task}`;
  const before = residentKib(pid);
  const ends: Promise<number>[] = [];
  while (ends.length < Number(count)) {
    const opened = Array.from({ length: Math.min(atOnce, Number(count) - ends.length) }, () =>
      mode === 'wait' ? wait(uri) : follow(`${uri}/events`),
    );
    await Promise.all(opened.map(({ ready }) => ready));
    ends.push(...opened.map(({ end }) => end));
  }
  await sleep(settleMs);
  const after = residentKib(pid);
  const answer: unknown = await (await fetch(`${uri}/cancel`, { method: 'POST' })).json();
  const completed = Date.parse(String(Reflect.get(Object(answer), 'completed')));
  const latencies = (await Promise.all(ends)).map((time) => time - completed);
  const [p50, p95] = [quantile(latencies, 0.5), quantile(latencies, 0.95)];
  console.log(JSON.stringify({ p50, p95, kibEach: (after - before) / Number(count) }));
  agent.destroy();
}

/** Ready as soon as it was sent: there is no answer before the end. */
function wait(uri: string): { ready: Promise<unknown>; end: Promise<number> } {
  const request = http.get(uri, { agent, headers: { Prefer: 'wait=30' } });
  return { ready: once(request, 'finish'), end: endOf(request) };
}

/** Ready with its first event. */
function follow(uri: string): { ready: Promise<unknown>; end: Promise<number> } {
  const request = http.get(uri, { agent, headers: { Accept: 'text/event-stream' } });
  const first = new Promise((resolve) => request.once('response', (response) => response.once('data', resolve)));
  return { ready: first, end: endOf(request) };
}

async function endOf(request: http.ClientRequest): Promise<number> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) =>
    request.once('response', resolve).once('error', reject),
  );
  response.resume();
  await once(response, 'end');
  return performance.timeOrigin + performance.now();
}

function residentKib(pid: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readProc(`${pid}/status`))?.[1] ?? 0);
}

await main(process.argv.slice(2));
