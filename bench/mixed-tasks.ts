import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { rawContent } from './form.js';
import { arrivals } from './mixture.js';
import { median } from './statistics.js';

// A program: mixed-tasks.js ORIGIN COUNT SEED FILE… It stores the images, asks for tasks as they come in a mixture, follows each to
// its end, and tells how good the estimates in the 202s were.

/** One task at a time is asked about, so often, ms. */
const askAgainMs = 100;

const mediaTypes: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.tiff': 'image/tiff',
};

const dispatcher = new Agent();

/** What is read of a task. */
interface Task {
  readonly state: string;
  readonly created: string;
  readonly completed?: string;
  /** While it is pending. */
  readonly estimate?: { readonly p50: number; readonly p90: number };
  readonly links: { readonly status: string };
}

/** Seconds: what was told when it was accepted, and what it was. */
interface Comparison {
  readonly p50: number;
  readonly p90: number;
  readonly actual: number;
}

async function main([origin = '', count = '1', seed = '1', ...files]: string[]): Promise<void> {
  const images: string[] = [];
  for (const file of files) images.push(await store(origin, file));
  const accepted: Promise<Task>[] = [];
  for (const { tasks, pauseMs } of arrivals(Number(count), images.length, Number(seed))) {
    for (const { image, operations } of tasks) accepted.push(ask(origin, { image: images[image], operations }));
    await sleep(pauseMs);
  }
  const compared: Comparison[] = [];
  for (const task of await Promise.all(accepted)) compared.push(await compare(task));
  console.log(
    JSON.stringify({
      error: median(compared.map(({ actual, p50 }) => Math.abs(actual - p50) / actual)),
      withinP90: compared.filter(({ actual, p90 }) => actual <= p90).length / compared.length,
    }),
  );
  await dispatcher.close();
}

/** @returns its URI */
async function store(origin: string, path: string): Promise<string> {
  const content = await rawContent({ path, mediaType: mediaTypes[extname(path)] ?? '' });
  const answer = await request(`${origin}/images`, { method: 'POST', ...content, dispatcher });
  const text = await answer.body.text();
  const { location } = answer.headers;
  // 303: an earlier run has stored the same bytes.
  if (![201, 303].includes(answer.statusCode) || typeof location !== 'string')
    throw new Error(`POST /images answered ${answer.statusCode}: ${text}`);
  return location;
}

async function ask(origin: string, task: object): Promise<Task> {
  // The mixture asks for the same more than once: each is to be work of its own.
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache' };
  const body = JSON.stringify(task);
  const answer = await request(`${origin}/images/tasks`, { method: 'POST', headers, body, dispatcher });
  return read(await answer.body.text());
}

/** Waits until a task has ended. */
async function compare({ estimate, links: { status } }: Task): Promise<Comparison> {
  if (estimate === undefined) throw new Error(`${status} came without an estimate.`);
  for (;;) {
    const answer = await request(status, { dispatcher });
    const { state, created, completed } = read(await answer.body.text());
    if (completed !== undefined && state === 'ok') {
      return { p50: estimate.p50, p90: estimate.p90, actual: (Date.parse(completed) - Date.parse(created)) / 1000 };
    }
    if (state !== 'pending') throw new Error(`${status} ended ${state}.`);
    await sleep(askAgainMs);
  }
}

function read(text: string): Task {
  const value: unknown = JSON.parse(text);
  if (!isTask(value)) throw new Error(`This is no task: ${text}`);
  return value;
}

function isTask(value: unknown): value is Task {
  return typeof value === 'object' && value !== null && 'state' in value && 'links' in value;
}

await main(process.argv.slice(2));
