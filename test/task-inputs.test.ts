import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import sharp from 'sharp';
import { SweepService } from '../src/garbage/sweep.service.js';
import { WorkerModule } from '../src/worker.module.js';
import { Service } from './support/service.js';

// Tasks whose operations name stored images beside the one that is worked on.

let service: Service;
let context: INestApplicationContext;
let sweeper: SweepService;

beforeAll(async () => {
  // The worker begins, and sweeps, when a test says so.
  service = await Service.start({ environment: { SWEEP_SECONDS: '3600' } });
  context = await NestFactory.createApplicationContext(WorkerModule.forRoot(service.config, service.database.url), {
    logger: false,
  });
  sweeper = context.get(SweepService);
});
afterAll(async () => {
  await context.close();
  await service.stop();
});

let shade = 0;
async function store(background: string): Promise<{ uri: string; digest: string }> {
  const create = { width: 64, height: 48 + (shade += 1), channels: 3 as const, background };
  const reply = await service.client.post('/images', await sharp({ create }).png().toBuffer(), {
    'Content-Type': 'image/png',
  });
  return { uri: reply.json.links.self, digest: reply.json.digest };
}

const pathOf = (uri: string): string => new URL(uri).pathname;
const isStored = (digest: string): boolean => existsSync(join(service.dataDir, 'blobs', digest.slice(0, 2), digest));
const remove = (uri: string) => service.client.call('DELETE', uri);
const marking = (image: string) => [{ operation: 'watermark', image, opacity: 1, size: 100, margin: 0 }];

describe('a watermark that is a stored image', () => {
  test('may be named by URI, path, content or id, and is one image for all that', async () => {
    const [base, mark] = [await store('black'), await store('red')];
    for (const named of [mark.uri, pathOf(mark.uri), `${mark.uri}/content`, pathOf(mark.uri).split('/').at(-1)]) {
      const reply = await service.client.post('/images/tasks', {
        image: base.uri,
        operations: [{ operation: 'flip' }, ...marking(named ?? '')],
      });
      expect(reply.status).toBe(202);
      expect(reply.json.operations[1]).toMatchObject({ image: pathOf(mark.uri) });
    }
    const xml = `<task><image href="${base.uri}"/><operations><watermark image="${mark.uri}" opacity="1"/></operations></task>`;
    expect((await service.client.post('/images/tasks', xml, { 'Content-Type': 'application/xml' })).status).toBe(202);
  });

  test.each([
    ['/images/01a20125-881e-713a-b7a4-571b750f3f89', 'there is no such image'],
    ['https://example.org/logo.png', 'not the URI of an image here'],
  ])('and is not there, %s, is refused where it is named', async (image, detail) => {
    const { uri } = await store('black');
    const order = { image: uri, operations: [{ operation: 'flip' }, ...marking(image)] };
    const refusal = {
      status: 422,
      json: {
        detail: expect.stringContaining(`/operations/1/image: ${detail}`),
        errors: [expect.objectContaining({ pointer: '/operations/1/image' })],
      },
    };
    expect(await service.client.post('/images/tasks', order)).toMatchObject(refusal);
    const keyed = await service.client.post('/images/tasks', order, { 'Idempotency-Key': `"${crypto.randomUUID()}"` });
    expect(keyed).toMatchObject(refusal);
    const minted = (await service.client.call('POST', '/images/tasks')).headers.location ?? '';
    const put = await service.client.call('PUT', minted, {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(order),
    });
    expect(put).toMatchObject(refusal);
  });

  test('belongs to another: there is no such image', async () => {
    const [base, mark] = [await store('black'), await store('red')];
    const id = pathOf(mark.uri).split('/').at(-1);
    const database = new pg.Client({ connectionString: service.database.url });
    await database.connect();
    await database.query("update images set owner = 'another' where id = $1", [id]);
    await database.end();
    const reply = await service.client.post('/images/tasks', { image: base.uri, operations: marking(mark.uri) });
    expect(reply).toMatchObject({ status: 422, json: { errors: [{ pointer: '/operations/0/image' }] } });
  });

  test('is deleted before the work begins: its bytes stay for the task, and go with it', async () => {
    const [base, mark] = [await store('black'), await store('red')];
    const accepted = await service.client.post('/images/tasks', { image: base.uri, operations: marking(mark.uri) });
    expect((await remove(mark.uri)).status).toBe(204);
    await sweeper.sweep(new Date());
    expect(isStored(mark.digest)).toBe(true);

    await service.startWorker();
    const task = accepted.headers.location ?? '';
    const ended = await service.ended(task);
    await service.stopWorker();
    expect(ended.status).toBe(303);
    const { bytes } = await service.client.get(`${ended.headers.location}/content`);
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const middle = (Math.floor(info.height / 2) * info.width + 32) * info.channels;
    expect([...data.subarray(middle, middle + 3)]).toEqual([255, 0, 0]);

    await sweeper.sweep(new Date());
    expect(isStored(mark.digest)).toBe(true); // a retry would need it
    expect((await remove(task)).status).toBe(204);
    await sweeper.sweep(new Date());
    expect(isStored(mark.digest)).toBe(false);
  });

  test('has its bytes swept with a task whose time is over', async () => {
    const [base, mark] = [await store('black'), await store('red')];
    const { json } = await service.client.post('/images/tasks', { image: base.uri, operations: marking(mark.uri) });
    await service.client.call('POST', json.links.cancel);
    await remove(mark.uri);
    await sweeper.sweep(new Date());
    expect(isStored(mark.digest)).toBe(true);
    await sweeper.sweep(new Date(Date.now() + 366 * 24 * 60 * 60 * 1000));
    expect(isStored(mark.digest)).toBe(false);
  });
});
