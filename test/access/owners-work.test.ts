import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { type Client, type Reply } from '../support/client.js';
import { jpeg } from '../support/pictures.js';
import { answer, Receiver } from '../support/receiver.js';
import { TwoOwners } from '../support/two-owners.js';

/** Two owners ask for equal work: each has it done, and has what comes of it. */
let owners: TwoOwners;
let receiver: Receiver;
let a: Client;
let b: Client;

beforeAll(async () => {
  receiver = await Receiver.start();
  const environment = { CALLBACK_PRIVATE_ADDRESSES: 'allow', CALLBACK_RETRY_SECONDS: '0' };
  owners = await TwoOwners.start({ equalWork: true, environment });
  ({ a, b } = owners);
});
afterAll(async () => {
  await owners.stop();
  await receiver.stop();
});

const flip = [{ operation: 'flip' }];

/** @returns the id of the image with these bytes, whether it was there or not */
const store = async (client: Client, bytes: Buffer, mediaType = 'image/jpeg'): Promise<string> =>
  (await client.post('/images', bytes, { 'Content-Type': mediaType })).json.id;

/** Where the outcome is, once it is there. */
async function outcomeOf(client: Client, { headers }: Reply): Promise<string> {
  for (;;) {
    const reply = await client.get(headers.location ?? '', { Prefer: 'wait=20' });
    if (reply.status === 303) return reply.headers.location ?? '';
    if (reply.status !== 200 || reply.json.state !== 'pending') throw new Error(reply.text);
  }
}

describe('before it is done', () => {
  test('equal work is led by each for themselves, and followed by nobody else', async () => {
    const bytes = await jpeg({ seed: 31 });
    const ids: string[] = [];
    for (const client of [a, b, a, b]) {
      const task = await client.post('/images/tasks', { image: await store(client, bytes), operations: flip });
      expect(task.status).toBe(202);
      ids.push(task.json.id);
    }
    const tasks = await owners.all('select owner, leader from tasks where id = any($1) order by id', [ids]);
    expect(tasks).toEqual([
      { owner: 'a', leader: ids[0] },
      { owner: 'b', leader: ids[1] },
      { owner: 'a', leader: ids[0] },
      { owner: 'b', leader: ids[1] },
    ]);
  });

  test('also where both ask at the same time, in one statement', async () => {
    const bytes = await jpeg({ seed: 37 });
    const images = new Map([[a, await store(a, bytes)] as const, [b, await store(b, bytes)] as const]);
    const asked = Array.from({ length: 10 }, () => [...images]).flat();
    const ids = await Promise.all(
      asked.map(async ([client, image]) => (await client.post('/images/tasks', { image, operations: flip })).json.id),
    );
    const led = await owners.all(
      `select task.owner, count(*)::int, count(distinct leader.id)::int as leaders, min(leader.owner) as leader
       from tasks as task join tasks as leader on leader.id = task.leader where task.id = any($1) group by 1 order by 1`,
      [ids],
    );
    expect(led).toEqual(['a', 'b'].map((owner) => ({ owner, count: 10, leaders: 1, leader: owner })));
  });

  test('a batch refuses those of its tasks that name images of another, and these alone', async () => {
    const bytes = await jpeg({ seed: 32 });
    const [own, theirs] = [await store(b, bytes), await store(a, bytes)];
    const tasks = [own, theirs, crypto.randomUUID()].flatMap((image) => [
      { image, operations: flip },
      { image: own, operations: [{ operation: 'watermark', image }] },
    ]);
    const { json } = await b.post('/images/tasks/batch', { tasks });
    expect(json.results.map(({ status }: Reply) => status)).toEqual([202, 202, 422, 422, 422, 422]);
    const problems = json.results.map(({ problem }: { problem?: object }) => problem);
    expect(problems.slice(2, 4)).toEqual(problems.slice(4));
  });
});

describe('with a worker', () => {
  beforeAll(() => owners.service.startWorker());

  test.each([
    ['image', 'image/jpeg', () => jpeg({ seed: 33 }), flip],
    ['text', 'image/tiff', () => readFile('test/fixtures/scan.tif'), [{ operation: 'ocr' }]],
  ])('the %s that one had made is made for the other again, and neither has what the other has', async (...made) => {
    const [, mediaType, bytes, operations] = made;
    const ask = async (client: Client): Promise<Reply> =>
      client.post('/images/tasks', { image: await store(client, await bytes(), mediaType), operations });
    const outcomes: string[] = [];
    for (const client of [a, b]) {
      const task = await ask(client);
      expect(task.status).toBe(202);
      outcomes.push(await outcomeOf(client, task));
      const again = await ask(client);
      expect([again.status, again.headers.location]).toEqual([303, outcomes.at(-1)]);
    }
    const seen = [a, b].map((client) => Promise.all(outcomes.map(async (uri) => (await client.get(uri)).status)));
    expect(await Promise.all(seen)).toEqual([
      [200, 404],
      [404, 200],
    ]);
  });

  test('a callback URL that is closed to one is open to the other', async () => {
    const url = receiver.at('/shared', (received, response, count) =>
      answer(count === 1 ? 410 : 204)(received, response, count),
    );
    const told = async (client: Client, seed: number): Promise<string> => {
      const image = await store(client, await jpeg({ seed }));
      await outcomeOf(client, await client.post('/images/tasks', { image, operations: flip, callback: { url } }));
      for (;;) {
        const [alert] = (await client.get('/alerts')).json.items;
        if (alert.state !== 'pending') return alert.failure ?? alert.state;
      }
    };
    expect([await told(a, 34), await told(a, 35), await told(b, 36)]).toEqual(['gone', 'gone', 'delivered']);
  });
});
