import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { noise } from './noise.js';
import { actions, type Known } from './soak-actions.js';
import { Caller } from './soak-caller.js';

// A program: soak-load.js ORIGIN CONNECTIONS WARMUP SECONDS. So many callers, each on a connection of its own, do one thing after
// the other and think in between. What was counted after the warm-up is printed.

/** On average, ms. */
const thinkMs = 2_000;
const imagesMade = 50;

async function main([origin = '', connections = '1', warmUp = '0', seconds = '1']: string[]): Promise<void> {
  const receiver = http.createServer((incoming, answer) => {
    incoming.resume();
    answer.writeHead(204).end();
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const caller = new Caller(origin, Number(connections));
  const known = await prepare(caller, receiver.address());
  const end = Date.now() + (Number(warmUp) + Number(seconds)) * 1_000;
  const counting = setTimeout(() => (caller.counting = true), Number(warmUp) * 1_000);
  await Promise.all(Array.from({ length: Number(connections) }, () => live(caller, known, end)));
  clearTimeout(counting);
  console.log(JSON.stringify(caller.figures(Number(seconds))));
  await caller.close();
  receiver.close();
  receiver.closeAllConnections();
}

async function prepare(caller: Caller, address: ReturnType<http.Server['address']>): Promise<Known> {
  const bytes = noise(1_000_000, 1).values();
  const roll = (below: number): number =>
    ((bytes.next().value ?? Math.random() * 256) + (bytes.next().value ?? Math.random() * 256) * 256) % below;
  let count = 0;
  const store = async (body: Buffer, type: string): Promise<string> => {
    const { location } = await caller.call('POST', '/images', { headers: { 'content-type': type }, body });
    return new URL(location).pathname;
  };
  const images: string[] = [];
  for (let seed = 1; seed <= imagesMade; seed += 1) images.push(await store(await picture(seed), 'image/jpeg'));
  const port = address !== null && typeof address !== 'string' ? address.port : 0;
  return {
    ...{ images, tasks: [], roll, next: () => (count += 1) },
    scan: await store(await readFile('test/fixtures/gallery/scan.png'), 'image/png'),
    receiver: `http://127.0.0.1:${port}/`,
    photograph: await picture(0),
  };
}

function picture(seed: number): Promise<Buffer> {
  const [width, height] = [160, 120];
  return sharp(noise(width * height * 3, seed), { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
}

async function live(caller: Caller, known: Known, end: number): Promise<void> {
  // Not all at once.
  await sleep(known.roll(thinkMs));
  while (Date.now() < end) {
    await chosen(known)(caller, known);
    await sleep(known.roll(2 * thinkMs));
  }
}

const total = actions.reduce((sum, [times]) => sum + times, 0);

function chosen({ roll }: Known): (typeof actions)[number][1] {
  let left = roll(total);
  for (const [times, action] of actions) {
    left -= times;
    if (left < 0) return action;
  }
  throw new Error('The rolls are higher than the sum.');
}

await main(process.argv.slice(2));
