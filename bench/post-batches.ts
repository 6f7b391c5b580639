import { Agent, request } from 'undici';
import { inParallel } from './in-parallel.js';

// A program: post-batches.js ORIGIN IMAGE SECONDS. It POSTs batches of a thousand tasks, each of which is work of its own.

const tasks = 1_000;
/** The service has one to work on while it waits for the database with another. */
const connections = 2;

const dispatcher = new Agent({ connections });

async function main([origin = '', image = '', seconds = '']: string[]): Promise<void> {
  let accepted = 0;
  let made = 0;
  const started = performance.now();
  const until = started + Number(seconds) * 1000;
  await inParallel(connections, Array.from({ length: connections }), async () => {
    while (performance.now() < until) {
      const list = Array.from({ length: tasks }, () => task(image, (made += 1)));
      const more = await post(origin, `{"tasks":[${list.join()}]}`);
      accepted += more;
    }
  });
  const perSecond = accepted / ((performance.now() - started) / 1000);
  console.log(JSON.stringify({ accepted, perSecond }));
  await dispatcher.close();
}

/** The same as `accepts` asks for, one by one. */
function task(image: string, number: number): string {
  const mark = `{"operation":"watermark","text":"${number}"}`;
  return `{"image":"${image}","operations":[{"operation":"resize","width":400},${mark},{"operation":"convert","format":"webp"}]}`;
}

/** @returns how many were accepted: all */
async function post(origin: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const answer = await request(`${origin}/images/tasks/batch`, { method: 'POST', headers, body, dispatcher });
  const text = await answer.body.text();
  const accepted = text.split('{"status":202').length - 1;
  if (answer.statusCode !== 200 || accepted !== tasks) throw new Error(`${answer.statusCode}: ${text.slice(0, 500)}`);
  return accepted;
}

await main(process.argv.slice(2));
