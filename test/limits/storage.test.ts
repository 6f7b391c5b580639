import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { SweepService } from '../../src/garbage/sweep.service.js';
import { type Client, formData, type Reply } from '../support/client.js';
import { storeText } from '../support/a-text.js';
import { migrationSql } from '../support/migration-sql.js';
import { jpeg } from '../support/pictures.js';
import { Raw } from '../support/raw.js';
import { Service, type ServiceOptions } from '../support/service.js';
import { WorkerModule } from '../../src/worker.module.js';

let service: Service;
let client: Client;
let database: pg.Client;
afterEach(async () => {
  await database.end();
  await service.stop();
});

const begin = async (bytes: number, options: ServiceOptions = {}): Promise<void> => {
  service = await Service.start({ ...options, environment: { STORAGE_BYTES_MAX_PER_OWNER: String(bytes) } });
  ({ client } = service);
  database = new pg.Client({ connectionString: service.database.url });
  await database.connect();
};
const post = (bytes: Buffer): Promise<Reply> => client.post('/images', bytes, { 'Content-Type': 'image/jpeg' });
const counted = async (): Promise<Record<string, number>> => {
  const { rows } = await database.query<{ owner: string; bytes: string }>(
    'select owner, sum(bytes) as bytes from storage_usage group by owner having sum(bytes) <> 0 order by owner',
  );
  return Object.fromEntries(rows.map(({ owner, bytes }) => [owner, Number(bytes)]));
};
const recounted = async (): Promise<Record<string, number>> => {
  const { rows } = await database.query<{ owner: string; bytes: string }>(
    `select owner, sum(bytes) as bytes from (select owner, bytes from images union all select owner, bytes from texts) as all_of_it
     group by owner order by owner`,
  );
  return Object.fromEntries(rows.map(({ owner, bytes }) => [owner, Number(bytes)]));
};
const files = async (): Promise<number> => {
  const entries = await readdir(join(service.dataDir, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
};

describe('an owner', () => {
  let first: Buffer;
  let second: Buffer;
  let third: Buffer;
  let size: number;
  beforeEach(async () => {
    [first, second, third] = [await jpeg({ seed: 1 }), await jpeg({ seed: 2 }), await jpeg({ seed: 3 })];
    size = Math.max(first.length, second.length, third.length);
  });

  test('may have stored so much, and no more; what is refused leaves nothing behind', async () => {
    await begin(2 * size + 10);
    const stored = [await post(first), await post(second)];
    expect(stored.map(({ status }) => status)).toEqual([201, 201]);
    const refused = await post(third);
    const bytes = first.length + second.length;
    expect([refused.status, refused.json]).toMatchObject([
      507,
      { type: expect.stringMatching('/problems/quota-exceeded'), limit: 2 * size + 10, stored: bytes },
    ]);
    expect(await counted()).toEqual({ local: bytes });
    expect(await files()).toBe(2);
    await client.call('DELETE', stored[0]?.headers.location ?? '');
    expect((await post(third)).status).toBe(201);
  });

  test('who asks again for what is there, because an answer was lost, gets it, however full it is', async () => {
    await begin(first.length);
    const minted = (await client.call('POST', '/images')).headers.location ?? '';
    const put = (bytes: Buffer, headers: Record<string, string> = {}) =>
      client.call('PUT', minted, { headers: { 'Content-Type': 'image/jpeg', ...headers }, body: bytes });
    expect([(await put(first)).status, (await put(first)).status]).toEqual([201, 200]);
    expect((await post(first)).status).toBe(303);
    expect((await put(await jpeg({ seed: 9, width: 900, height: 900 }), { 'If-Match': '*' })).status).toBe(507);
    expect((await client.get(`${minted}/content`, { Accept: 'image/*' })).bytes).toEqual(first);
  });

  test('is told before the bytes come of what could never be stored', async () => {
    await begin(1_000);
    const head = 'POST /images HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 1001\r\n\r\n';
    expect(await new Raw(client.origin).send(head).hears(/\}$/)).toMatch(/^HTTP\/1.1 507 [^]*quota-exceeded/);
    const task = `POST /images/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n`;
    const long = `${task}Content-Length: 2000000\r\n\r\n`;
    expect(await new Raw(client.origin).send(long).hears(/\}$/)).toMatch(/^HTTP\/1.1 507 [^]*quota-exceeded/);
  });

  test('who sends several at once has at most as much more as came at once', async () => {
    await begin(3 * size);
    const several = await Promise.all([11, 12, 13, 14, 15, 16].map((seed) => jpeg({ seed })));
    const replies = await Promise.all(several.map(post));
    const taken = replies.filter(({ status }) => status === 201).length;
    expect(taken).toBeGreaterThanOrEqual(2);
    // The last that fitted, and those whose transactions were open beside it: a pool has twelve connections.
    expect((await post(await jpeg({ seed: 7 }))).status).toBe(507);
    expect(await counted()).toEqual(await recounted());
  });

  test('cannot bring an image along with a task, or a batch, for which there is no room', async () => {
    await begin(10);
    const image = { filename: 'x.jpg', mediaType: 'image/jpeg', bytes: first };
    const operations = [{ operation: 'flip' }];
    expect((await client.postForm('/images/tasks', { task: JSON.stringify({ operations }), image })).status).toBe(507);
    const tasks = JSON.stringify({ tasks: [{ image: 'cid:image', operations }] });
    expect((await client.postForm('/images/tasks/batch', { tasks, image })).status).toBe(507);
    const minted = (await client.call('POST', '/images/tasks')).headers.location ?? '';
    const { contentType, body } = formData({ task: JSON.stringify({ operations }), image });
    expect((await client.call('PUT', minted, { headers: { 'Content-Type': contentType }, body })).status).toBe(507);
    expect((await client.get('/images/tasks')).json.items).toEqual([]);
  });

  test('whose outcome there is no room for sees its task fail with the reason', async () => {
    await begin(first.length + 10, { worker: true });
    const image = (await post(first)).json.id;
    const operations = [{ operation: 'rotate', angle: 45 }];
    const asked = await client.post('/images/tasks', { image, operations });
    const ended = await service.ended(asked.headers.location ?? '');
    expect(ended.json).toMatchObject({
      state: 'failed',
      problem: 'quota-exceeded',
      detail: expect.stringMatching(/^The outcome could not be kept. You may have stored \d+ bytes and have \d+;/),
    });
    expect([await counted(), await files()]).toEqual([{ local: first.length }, 1]);
  });
});

test('the count is what is there, whatever is done, and stays so when it is folded', async () => {
  await begin(0, { worker: true });
  await storeText(service.database.url);
  const image = (await post(await jpeg({ seed: 1 }))).json.id;
  for (const width of [20, 30]) {
    const asked = await client.post('/images/tasks', { image, operations: [{ operation: 'resize', width }] });
    await service.ended(asked.headers.location ?? '');
  }
  await client.call('PUT', `/images/${image}`, {
    headers: { 'Content-Type': 'image/jpeg', 'If-Match': '*' },
    body: await jpeg({ seed: 2 }),
  });
  await post(await jpeg({ seed: 3 }));
  await client.call('DELETE', `/images/${(await post(await jpeg({ seed: 4 }))).json.id}`);
  await database.query(
    `insert into images (id, owner, digest, bytes, media_type, width, height, pages, expires_at)
     select uuidv7(), 'owner ' || n % 3, md5(n::text), n, 'image/png', 1, 1, 1, now() - n % 2 * interval '1 hour'
     from generate_series(1, 100) as n`,
  );
  const before = await counted();
  expect(before).toEqual(await recounted());
  expect(Object.keys(before)).toEqual(['local', 'owner 0', 'owner 1', 'owner 2']);

  const context = await NestFactory.createApplicationContext(
    WorkerModule.forRoot(service.config, service.database.url),
    { logger: false },
  );
  await context.get(SweepService).sweep(new Date());
  await context.close();
  expect(await counted()).toEqual(await recounted());
  const { rows } = await database.query('select owner from storage_usage order by owner');
  expect(rows.map(({ owner }) => owner)).toEqual(['local', 'owner 0', 'owner 1', 'owner 2']);
});

test('what was stored before it was counted is counted', async () => {
  await begin(0);
  await post(await jpeg({ seed: 1 }));
  await storeText(service.database.url);
  await database.query(await migrationSql('storage_usage', 'down'));
  await post(await jpeg({ seed: 2 }));
  await database.query(await migrationSql('storage_usage', 'up'));
  await post(await jpeg({ seed: 3 }));
  expect(await counted()).toEqual(await recounted());
});
