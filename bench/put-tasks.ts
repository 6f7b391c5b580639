import { Agent, request } from 'undici';
import { inParallel } from './in-parallel.js';
import { quantile } from './statistics.js';

// A program: put-tasks.js ORIGIN IMAGE SECONDS. It mints a URI, PUTs a task there, and so on, and times the PUTs.

const connections = 8;

const dispatcher = new Agent({ connections });

async function main([origin = '', image = '', seconds = '']: string[]): Promise<void> {
  const task = JSON.stringify({ image, operations: [{ operation: 'flip' }] });
  const latencies: number[] = [];
  const until = performance.now() + Number(seconds) * 1000;
  await inParallel(connections, Array.from({ length: connections }), async () => {
    while (performance.now() < until) {
      const target = await mint(origin);
      const started = performance.now();
      await send('PUT', target, 202, task);
      latencies.push(performance.now() - started);
    }
  });
  console.log(
    JSON.stringify({ puts: latencies.length, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) }),
  );
  await dispatcher.close();
}

async function mint(origin: string): Promise<string> {
  const { location } = await send('POST', `${origin}/images/tasks`, 201);
  if (typeof location !== 'string') throw new Error('A URI was minted without Location.');
  return location;
}

async function send(method: 'POST' | 'PUT', url: string, expected: number, body?: string) {
  const content =
    body === undefined ? {} : { body, headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' } };
  const answer = await request(url, { method, ...content, dispatcher });
  const text = await answer.body.text();
  if (answer.statusCode !== expected) throw new Error(`${method} ${url} answered ${answer.statusCode}: ${text}`);
  return answer.headers;
}

await main(process.argv.slice(2));
