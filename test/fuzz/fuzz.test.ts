import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { storePdf, storeText } from '../support/a-text.js';
import { everyResource } from '../support/every-resource.js';
import { type Known } from '../support/samples.js';
import { Service } from '../support/service.js';
import { bytesOf, replayOf } from './message.js';
import { isWhole, mutated, mutation } from './mutations.js';
import { type Seed, seedsOf } from './seeds.js';
import { judge } from './verdict.js';
import { ask } from './wire.js';

/** `npm run fuzz` asks for more, and for other seeds. */
const requests = Number(process.env['FUZZ_REQUESTS'] ?? 600);
const seed = Number(process.env['FUZZ_SEED'] ?? 7);
const heapBytesMax = 300 * 2 ** 20;

let service: Service;
let seeds: Seed[];
let made = 0;

beforeAll(async () => {
  // No reservation or query is refused for being one too many: what comes after them would not be tried.
  service = await Service.start({ environment: { RESERVATIONS_MAX: '1000000', QUERIES_MAX: '1000000' } });
  await renew();
});
afterAll(() => service.stop());

/** What was deleted is there again, under other URIs. */
async function renew(): Promise<Known> {
  const text = await storeText(service.database.url, 'local', await storePdf(service.dataDir));
  const known = await everyResource(service.client, text, (made += 1) * 2);
  seeds = seedsOf(known);
  return known;
}

const story = fc.record({
  seed: fc.nat({ max: 100_000 }),
  changes: fc.array(mutation, { minLength: 1, maxLength: 3 }),
});

test(
  `${requests} requests that are wrong in some way each have an answer that their row declares`,
  async () => {
    const { host } = new URL(service.client.origin);
    const statuses = new Map<number, number>();
    const slowest = { ms: 0, request: '' };
    const property = fc.asyncProperty(story, async ({ seed: index, changes }) => {
      const start = seeds[index % seeds.length];
      if (start === undefined) throw new Error('There are no seeds.');
      const message = changes.reduce(mutated, start.message);
      fc.pre(isWhole(message));
      const bytes = bytesOf(message, host);
      const began = performance.now();
      try {
        const reply = await ask(service.client.origin, message.method, bytes);
        judge(message, reply);
        const ms = performance.now() - began;
        if (ms > slowest.ms) Object.assign(slowest, { ms, request: replayOf(bytes).slice(0, 300) });
        statuses.set(reply?.status ?? 0, (statuses.get(reply?.status ?? 0) ?? 0) + 1);
        if (message.method === 'DELETE' && reply?.status === 204) await renew();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new Error(`${start.row}: ${why}\n\n${replayOf(bytes)}`, { cause: error });
      }
    });
    globalThis.gc?.();
    const heapBefore = process.memoryUsage().heapUsed;
    await fc.assert(property, {
      numRuns: requests,
      seed,
      endOnFailure: process.env['FUZZ_SHRINK'] === undefined,
      maxSkipsPerRun: 100,
    });
    const grown = process.memoryUsage().heapUsed - heapBefore;
    if (process.env['FUZZ_REQUESTS'] !== undefined) {
      const told = [...statuses]
        .sort(([a], [b]) => a - b)
        .map(([status, count]) => `${status}: ${count}`)
        .join(', ');
      process.stderr.write(
        `fuzz: seed ${seed}, ${requests} requests, answers ${told}; slowest ${Math.round(slowest.ms)} ms: ${slowest.request}\n`,
      );
    }
    expect(grown).toBeLessThan(heapBytesMax);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((await service.client.get('/livez')).status).toBe(200);
    expect((await service.client.get('/readyz')).status).toBe(200);
  },
  Math.max(60_000, requests * 100),
);
