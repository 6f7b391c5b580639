import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { inParallel } from './in-parallel.js';
import { quantile } from './statistics.js';

// A program: thumbnails.js ORIGIN PHOTO COUNT [GIANT]. Asks for thumbnails all at once, each a little different, and tells how long
// they took from being accepted to being done. With a giant its conversion to AVIF is being worked on when they come.

const connections = 8;
const askAgainMs = 50;

const dispatcher = new Agent({ connections });

async function main([origin = '', photo = '', count = '', giant]: string[]): Promise<void> {
  const image = await store(origin, photo);
  await Promise.all(Array.from({ length: 8 }, (_, index) => thumbnail(origin, image, 100 + index).then(done)));
  const blocking = giant === undefined ? undefined : await block(origin, giant);

  const tasks: string[] = [];
  await inParallel(connections, [...Array(Number(count)).keys()], async (index) => {
    tasks.push(await thumbnail(origin, image, 200 + index));
  });
  const latencies: number[] = [];
  for (const task of tasks) latencies.push(await done(task));
  const outlasted = blocking === undefined || (await status(blocking)).state === 'pending';
  if (blocking !== undefined) await send('POST', `${blocking}/cancel`);
  console.log(JSON.stringify({ p95: quantile(latencies, 0.95), outlasted: Number(outlasted) }));
  await dispatcher.close();
}

async function store(origin: string, path: string): Promise<string> {
  const { headers } = await send('POST', `${origin}/images`, await readFile(path), 'image/jpeg');
  return String(headers['location']);
}

/** @returns the task, when its work has begun */
async function block(origin: string, giant: string): Promise<string> {
  const image = await store(origin, giant);
  const task = await ask(origin, image, [{ operation: 'convert', format: 'avif' }]);
  while ((await status(task)).started === undefined) await sleep(askAgainMs);
  return task;
}

function thumbnail(origin: string, image: string, width: number): Promise<string> {
  return ask(origin, image, [
    { operation: 'resize', width },
    { operation: 'convert', format: 'webp' },
  ]);
}

async function ask(origin: string, image: string, operations: object[]): Promise<string> {
  const { headers } = await send(
    'POST',
    `${origin}/images/tasks`,
    JSON.stringify({ image, operations }),
    'application/json',
  );
  return String(headers['location']);
}

/** Milliseconds that a task took, all told, by the service's own clock. */
async function done(task: string): Promise<number> {
  for (;;) {
    const { state, created, completed } = await status(task);
    if (state === 'ok' && completed !== undefined) return Date.parse(completed) - Date.parse(created);
    if (state !== 'pending') throw new Error(`${task} is ${String(state)}.`);
    await sleep(askAgainMs);
  }
}

interface Status {
  readonly state: unknown;
  readonly created: string;
  readonly started: string | undefined;
  readonly completed: string | undefined;
}

async function status(task: string): Promise<Status> {
  const { text } = await send('GET', `${task}/status`);
  const view: unknown = JSON.parse(text);
  const member = (name: string): unknown => Reflect.get(Object(view), name);
  const time = (name: string): string | undefined => (member(name) === undefined ? undefined : String(member(name)));
  return {
    state: member('state'),
    created: String(member('created')),
    started: time('started'),
    completed: time('completed'),
  };
}

async function send(method: 'GET' | 'POST', url: string, body?: string | Buffer, type?: string) {
  const headers = {
    accept: 'application/json',
    'cache-control': 'no-cache',
    ...(type !== undefined && { 'content-type': type }),
  };
  const answer = await request(url, { method, headers, body: body ?? null, dispatcher });
  const text = await answer.body.text();
  if (answer.statusCode >= 400) throw new Error(`${method} ${url} answered ${answer.statusCode}: ${text}`);
  return { headers: answer.headers, text };
}

await main(process.argv.slice(2));
