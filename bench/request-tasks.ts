import { Agent, request } from 'undici';
import { formContent } from './form.js';
import { inParallel } from './in-parallel.js';

// A program: request-tasks.js ORIGIN OPERATIONS FILE… It POSTs a task with each file and waits until the last one answers 303.

/** Uploads at once. */
const uploads = 4;
/** Seconds that an answer may wait for its task (RFC 7240 4.3): asking again and again would cost what is measured. */
const wait = 30;

const dispatcher = new Agent({ connections: uploads });

async function main([origin = '', operations = '[]', ...files]: string[]): Promise<void> {
  const started = performance.now();
  const tasks: string[] = [];
  await inParallel(uploads, files, async (path) => {
    tasks.push(await post(origin, operations, path));
  });
  for (const task of tasks) while (!(await isDone(task)));
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));
  await dispatcher.close();
}

async function post(origin: string, operations: string, path: string): Promise<string> {
  const { headers: fields, body } = await formContent(
    { task: `{"operations":${operations}}` },
    { path, mediaType: 'image/jpeg' },
  );
  // What an earlier round has done is done again.
  const headers = { ...fields, 'cache-control': 'no-cache' };
  const answer = await request(`${origin}/images/tasks`, { method: 'POST', headers, body, dispatcher });
  const text = await answer.body.text();
  const { location } = answer.headers;
  if (answer.statusCode !== 202 || typeof location !== 'string')
    throw new Error(`POST answered ${answer.statusCode}: ${text}`);
  return location;
}

async function isDone(task: string): Promise<boolean> {
  const answer = await request(task, { headers: { prefer: `wait=${wait}` }, dispatcher });
  const text = await answer.body.text();
  if (answer.statusCode === 303) return true;
  if (answer.statusCode !== 200 || !text.includes('"state":"pending"'))
    throw new Error(`${task} answered ${answer.statusCode}: ${text}`);
  return false;
}

await main(process.argv.slice(2));
