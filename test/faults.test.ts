import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import pg from 'pg';
import { problemsOf } from '../src/http/contract.js';
import { contractRows } from '../src/http/rows.js';
import { formData } from './support/client.js';
import { DatabaseProxy } from './support/database-proxy.js';
import { jpeg, png } from './support/pictures.js';
import { ServiceProcess } from './support/process.js';
import { samples } from './support/samples.js';
import { Service } from './support/service.js';

const id = '01a00000-0000-7000-8000-000000000000';
let known: ReturnType<typeof samples>;
beforeAll(async () => {
  known = samples({
    imageId: id,
    taskId: id,
    reservationId: id,
    invocationIds: { cancel: id, retry: id, resend: id },
    endedTaskId: id,
    alertId: id,
    queryId: id,
    textId: id,
    image: await jpeg(),
  });
});

const dependent = contractRows()
  .filter((row) => problemsOf(row).includes('internal-error'))
  .map((row) => [`${row.method} ${row.path}`, row] as const);

describe('without a database', () => {
  let service: Service;
  let proxy: DatabaseProxy;
  beforeAll(async () => {
    proxy = await DatabaseProxy.start();
    service = await Service.start({ databaseUrl: proxy.url });
    proxy.close();
  });
  afterAll(() => service.stop());

  test.each(dependent)('%s answers 503 with Retry-After', async (_name, row) => {
    const { path, headers, body } = known[row.id] ?? { path: '' };
    const reply = await service.client.call(row.method, path, { ...(headers && { headers }), ...(body && { body }) });
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '5']);
  });

  test('readyz says so, livez lives', async () => {
    const ready = await service.client.get('/readyz');
    expect([ready.status, ready.json.database]).toEqual([503, 'does not answer']);
    expect((await service.client.get('/livez')).status).toBe(200);
  });
});

describe('with a database that is not what it should be', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
    const client = new pg.Client({ connectionString: service.database.url });
    await client.connect();
    await client.query(
      "drop table images, tasks, texts, queries, reservations, invocations, alerts cascade; delete from migrations where name like '0002%'",
    );
    await client.end();
  });
  afterAll(() => service.stop());

  test.each(dependent)('%s answers 500 with an error id and nothing else', async (_name, row) => {
    const { path, headers, body } = known[row.id] ?? { path: '' };
    const reply = await service.client.call(row.method, path, { ...(headers && { headers }), ...(body && { body }) });
    expect([reply.status, Object.keys(reply.json)]).toEqual([500, ['type', 'title', 'status', 'errorId']]);
    expect(reply.text).not.toMatch(/images|relation|select|\.ts|\.js/i);
  });

  test('readyz says which part is missing', async () => {
    const reply = await service.client.get('/readyz');
    expect([reply.status, reply.json]).toEqual([
      503,
      expect.objectContaining({
        status: 'not ready',
        database: 'ok',
        queue: 'ok',
        migrations: expect.stringContaining('1 to be applied'),
      }),
    ]);
  });

  test('readyz says that it is draining', async () => {
    service.draining = true;
    expect((await service.client.get('/readyz')).json).toEqual({ status: 'draining' });
    service.draining = false;
  });
});

describe('with a disk that takes no more', () => {
  let service: ServiceProcess;
  beforeAll(async () => {
    // Every file of the process ends at 64 KiB: what a full disk is to an upload.
    service = await ServiceProcess.start({ role: 'api', fileKilobytesMax: 64 });
  });
  afterAll(() => service.stop());

  test('an upload is refused with 507, nothing of it stays, and smaller ones go on', async () => {
    const large = await png({ width: 400, height: 300 });
    expect(large.length).toBeGreaterThan(64 * 1024);
    const raw = await service.client.post('/images', large, { 'Content-Type': 'image/png' });
    expect([raw.status, raw.json.type]).toEqual([507, expect.stringMatching(/storage-full$/)]);
    const { contentType, body } = formData({
      task: '{"operations":[{"operation":"flip"}]}',
      image: { filename: 'x', mediaType: 'image/png', bytes: large },
    });
    expect((await service.client.post('/images/tasks', body, { 'Content-Type': contentType })).status).toBe(507);
    const many = formData({
      tasks: '{"tasks":[{"image":"cid:x","operations":[{"operation":"flip"}]}]}',
      x: { filename: 'x', mediaType: 'image/png', bytes: large },
    });
    const batch = await service.client.post('/images/tasks/batch', many.body, { 'Content-Type': many.contentType });
    expect(batch.status).toBe(507);
    const put = async (path: string, headers: Record<string, string>, content: Buffer) => {
      const uri = (await service.client.call('POST', path)).headers.location ?? '';
      return service.client.call('PUT', uri, { headers, body: content });
    };
    expect((await put('/images', { 'Content-Type': 'image/png' }, large)).status).toBe(507);
    expect((await put('/images/tasks', { 'Content-Type': contentType }, body)).status).toBe(507);
    for (const path of ['/images/inspect', '/images/preview?flip=on']) {
      const ephemeral = await service.client.post(path, large, { 'Content-Type': 'image/png' });
      expect([path, ephemeral.status]).toEqual([path, 507]);
    }
    expect(await service.incoming()).toEqual([]);
    const small = await jpeg();
    const reply = await service.client.post('/images', small, { 'Content-Type': 'image/jpeg' });
    expect([reply.status, reply.json.digest]).toEqual([201, createHash('sha256').update(small).digest('hex')]);
  });
});
