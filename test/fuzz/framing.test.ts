import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Service } from '../support/service.js';
import { framings } from './framing-messages.js';
import { bytesOf as bytesOfMessage, replayOf } from './message.js';
import { ask, hear } from './wire.js';

const messages = Math.ceil(Number(process.env['FUZZ_REQUESTS'] ?? 600) / 4);
const seed = Number(process.env['FUZZ_SEED'] ?? 7);

let service: Service;
beforeAll(async () => {
  service = await Service.start();
});
afterAll(() => service.stop());

/** Answers in a row as they came: each has a status of its own, and none of them is the service's fault. */
async function answersTo(bytes: Buffer): Promise<number[]> {
  const heard = await hear(service.client.origin, bytes);
  expect(heard === '' || heard.startsWith('HTTP/1.1 ')).toBe(true);
  const statuses = [...heard.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  if (statuses.some((status) => status >= 500)) throw new Error(heard);
  // What Node refuses by itself is a problem document all the same.
  if ((statuses.at(-1) ?? 0) >= 400) expect(heard).toMatch(/application\/problem\+json/);
  return statuses;
}

const bytesOf = (text: string): Buffer =>
  Buffer.from(text.replaceAll('HOST', new URL(service.client.origin).host), 'latin1');

test.each(Object.keys(framings))('%s', async (name) => {
  await answersTo(bytesOf(framings[name] ?? ''));
});

test('an answer is heard whole, though its request has content that nobody reads', async () => {
  const { host } = new URL(service.client.origin);
  const body = Buffer.alloc(3_000_000);
  for (const target of ['/openapi.json', '/capabilities', '/images']) {
    const reply = await ask(
      service.client.origin,
      'GET',
      bytesOfMessage({ method: 'GET', target, headers: [], body }, host),
    );
    expect([target, reply?.status]).toEqual([target, 200]);
    expect(reply?.bytes.length).toBe(Number(reply?.headers['content-length']));
  }
});

const edits = fc.array(
  fc.record({
    at: fc.nat({ max: 400 }),
    remove: fc.nat({ max: 6 }),
    insert: fc.constantFrom(
      '',
      '\r',
      '\n',
      '\r\n',
      '\r\n\r\n',
      '\u0000',
      ' ',
      ':',
      '\t',
      '0',
      '-',
      ',',
      'X: y\r\n',
      '\u00ff',
      'HTTP/1.1',
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

test(
  `${messages} messages that were cut and patched leave the service as it was`,
  async () => {
    const property = fc.asyncProperty(fc.constantFrom(...Object.values(framings)), edits, async (text, changes) => {
      const changed = changes.reduce((old, { at, remove, insert }) => {
        const from = at % (old.length + 1);
        return old.slice(0, from) + insert + old.slice(from + remove);
      }, text);
      const bytes = bytesOf(changed);
      await answersTo(bytes).catch((cause: unknown) => {
        throw new Error(`${String(cause)}\n\n${replayOf(bytes)}`, { cause });
      });
    });
    await fc.assert(property, { numRuns: messages, seed, endOnFailure: true });
    expect((await service.client.get('/livez')).status).toBe(200);
  },
  Math.max(60_000, messages * 100),
);
