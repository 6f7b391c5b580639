import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Catalogue } from '../support/catalogue.js';
import { type Client } from '../support/client.js';
import { jpeg } from '../support/pictures.js';
import { Service } from '../support/service.js';

// What a worker finds out of images, and they are found by.

let service: Service;
let client: Client;

beforeAll(async () => {
  service = await Service.start({ worker: true });
  client = service.client;
});
afterAll(() => service.stop());

/** Ids of what is found, newest first. */
const found = async (query: object): Promise<string[]> =>
  (await client.post('/images/search', query)).json.items.map(({ id }: { id: string }) => id);

/** What an image looks like, once a worker has looked, which it does when there is nothing else to do. */
async function hashOf(id: string, before?: string): Promise<string> {
  for (;;) {
    const { hash } = (await client.post('/images/search', { ids: [id] })).json.items[0];
    if (hash !== undefined && hash !== before) return hash;
  }
}

test('a worker finds out what originals, replacements and outcomes look like', async () => {
  const { json, headers } = await client.post('/images', await jpeg({ seed: 900 }), { 'Content-Type': 'image/jpeg' });
  const hash = await hashOf(json.id);
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(await found({ similarTo: { image: json.links.self, distance: 0 } })).toEqual([json.id]);
  // Nobody has changed the image.
  const again = await client.get(json.links.self);
  expect([again.headers.etag, again.json]).toEqual([headers.etag, json]);
  const operations = [{ operation: 'convert', format: 'webp', lossless: true }];
  const task = await client.post('/images/tasks', { image: json.id, operations });
  const outcome = (await client.get((await service.ended(task.json.links.self)).headers.location ?? '')).json.id;
  expect(await hashOf(outcome)).toBe(hash);
  expect(await found({ similarTo: { hash, distance: 0 } })).toEqual([outcome, json.id]);
  const body = await jpeg({ seed: 901 });
  await client.call('PUT', json.links.self, { headers: { 'Content-Type': 'image/jpeg', 'If-Match': '*' }, body });
  expect(await hashOf(json.id, hash)).toMatch(/^[0-9a-f]{16}$/);
});

test('an image that has gone before anybody has looked is nobody’s trouble', async () => {
  await service.stopWorker();
  const { json } = await client.post('/images', await jpeg({ seed: 902 }), { 'Content-Type': 'image/jpeg' });
  expect((await client.call('DELETE', json.links.self)).status).toBe(204);
  // As the sweep would.
  await rm(join(service.dataDir, 'blobs', json.digest.slice(0, 2), json.digest));
  await using catalogue = await Catalogue.open(service.database.url);
  const queued = async (): Promise<number> => {
    const [count] = await catalogue.query(
      `select count(*)::int as jobs from graphile_worker._private_jobs as job
       join graphile_worker._private_tasks as task on task.id = job.task_id where identifier = 'hash-image'`,
    );
    return Number(count?.['jobs']);
  };
  expect(await queued()).toBe(1);
  await service.startWorker();
  while ((await queued()) > 0);
});

test('words that a worker has read are found', async () => {
  const reading = await client.postForm('/images/tasks', {
    task: JSON.stringify({ operations: [{ operation: 'ocr' }] }),
    image: { filename: 'scan.tif', mediaType: 'image/tiff', bytes: await scan() },
  });
  const read = await service.ended(reading.json.links.self);
  expect(read.status).toBe(303);
  const { json } = await client.post('/images/search', { text: '"ocr code"' });
  expect(json.items).toHaveLength(1);
  expect(json.items[0]).toMatchObject({ mediaType: 'image/tiff', texts: [read.headers.location] });
});

const scan = (): Promise<Buffer> => readFile(new URL('../../../test/fixtures/scan.tif', import.meta.url));
