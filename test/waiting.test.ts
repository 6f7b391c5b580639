import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { type Client, type Reply } from './support/client.js';
import { jpeg } from './support/pictures.js';
import { Service } from './support/service.js';

const flip = [{ operation: 'flip' }];
const failing = [{ operation: 'crop', left: 1000, top: 0, width: 10, height: 10 }];

let service: Service;
let client: Client;
let image: string;

beforeAll(async () => {
  service = await Service.start();
  client = service.client;
  image = (await client.post('/images', await jpeg(), { 'Content-Type': 'image/jpeg' })).json.id;
});
afterAll(() => service.stop());

const post = (prefer: string, operations = flip, headers = {}): Promise<Reply> =>
  client.post('/images/tasks', { image, operations }, { Prefer: prefer, ...headers });
const pending = async (): Promise<string> => (await post('respond-async')).headers.location ?? '';

describe('Prefer: return', () => {
  test('minimal leaves the body out, and what would speak of it', async () => {
    const reply = await post('return=minimal');
    expect([reply.status, reply.bytes.length]).toEqual([202, 0]);
    expect(reply.headers).toMatchObject({
      'preference-applied': 'return=minimal',
      location: expect.any(String),
      'retry-after': expect.any(String),
      'content-length': '0',
    });
    expect(reply.headers['content-location']).toBeUndefined();
    const minted = (await client.call('POST', '/images/tasks')).headers.location ?? '';
    const put = await client.call('PUT', minted, {
      headers: { 'Content-Type': 'application/json', Prefer: 'return=minimal' },
      body: JSON.stringify({ image, operations: flip }),
    });
    expect([put.status, put.bytes.length, put.headers.location]).toEqual([202, 0, minted]);
  });

  test('minimal is for images too: what is stored has its tag, whoever wants the rest asks for it', async () => {
    const headers = { 'Content-Type': 'image/jpeg', Prefer: 'return=minimal' };
    const created = await client.post('/images', await jpeg({ seed: 77 }), headers);
    expect([created.status, created.bytes.length, created.headers['preference-applied']]).toEqual([
      201,
      0,
      'return=minimal',
    ]);
    const uri = created.headers.location ?? '';
    expect((await client.get(uri)).headers.etag).toBe(created.headers.etag);
    const patched = await client.call('PATCH', uri, {
      headers: { 'Content-Type': 'application/merge-patch+json', Prefer: 'return=minimal' },
      body: '{"labels":{"a":"b"}}',
    });
    expect([patched.status, patched.bytes.length]).toEqual([200, 0]);
  });

  test('representation is what happens anyway, and both together are neither', async () => {
    expect((await post('return=representation')).json.state).toBe('pending');
    const both = await post('return=minimal, return=representation');
    expect([both.json.state, both.headers['preference-applied']]).toEqual(['pending', undefined]);
  });
});

describe('Prefer: wait, while nobody works', () => {
  test('is answered as without it where the time is over', async () => {
    const accepted = await post('wait=0');
    expect([accepted.status, accepted.headers['preference-applied']]).toEqual([202, 'wait=0']);
    expect(accepted.headers.vary).toBe('Accept, Prefer');
    const uri = accepted.headers.location ?? '';
    for (const path of [uri, `${uri}/status`]) {
      const reply = await client.get(path, { Prefer: 'wait=0' });
      expect([reply.status, reply.headers['preference-applied']]).toEqual([200, 'wait=0']);
      expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
  });

  test('mints a URI at once: there is nothing to wait for', async () => {
    const reply = await client.call('POST', '/images/tasks', { headers: { Prefer: 'wait=20' } });
    expect([reply.status, reply.headers['preference-applied']]).toEqual([201, undefined]);
  });

  test('ends with 404 where the task is forgotten meanwhile', async () => {
    const uri = await pending();
    const waiting = client.get(uri, { Prefer: 'wait=30' });
    await service.waiting(1);
    expect((await client.call('DELETE', uri)).status).toBe(204);
    expect((await waiting).status).toBe(404);
  });

  test('ends at once where the process shuts down', async () => {
    const waiting = client.get(await pending(), { Prefer: 'wait=30' });
    await service.waiting(1);
    service.release();
    expect((await waiting).json.state).toBe('pending');
  });

  test('is told of an end that came while the connection that listens was lost', async () => {
    const uri = await pending();
    const waiting = client.get(uri, { Prefer: 'wait=30' });
    await service.waiting(1);
    const database = new pg.Client({ connectionString: service.database.url });
    await database.connect();
    await database.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity
       where application_name = 'darkroom notifications' and datname = current_database()`,
    );
    await database.end();
    await client.call('POST', `${uri}/cancel`);
    expect((await waiting).json.state).toBe('cancelled');
  });

  test('costs no query for each who waits: 500 are told by one look', async () => {
    const uri = await pending();
    const waiting = Array.from({ length: 500 }, () => client.get(uri, { Prefer: 'wait=30' }));
    await service.waiting(500);
    const queries = jest.spyOn(pg.Client.prototype, 'query');
    await client.call('POST', `${uri}/cancel`);
    const replies = await Promise.all(waiting);
    const count = queries.mock.calls.length;
    queries.mockRestore();
    expect(new Set(replies.map(({ json }) => json.state))).toEqual(new Set(['cancelled']));
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(20);
  });
});

describe('Prefer: wait, with a worker', () => {
  beforeAll(() => service.startWorker());

  test('POST is answered with 303 to the outcome where the task is done in time', async () => {
    const reply = await post('wait=20');
    expect(reply.status).toBe(303);
    expect(reply.headers).toMatchObject({
      'preference-applied': 'wait=20',
      vary: 'Accept, Prefer',
      'cache-control': 'no-store',
      'content-location': reply.json.links.self,
      location: reply.json.links.outcome,
    });
    expect(reply.headers['retry-after']).toBeUndefined();
    expect((await client.get(reply.headers.location ?? '')).status).toBe(200);
  });

  test('POST is answered with the 202 as soon as the task has failed: there is no outcome, nor anything to ask for', async () => {
    const reply = await post('wait=20', failing);
    expect([reply.status, reply.json.state]).toEqual([202, 'failed']);
    expect(reply.headers['retry-after']).toBeUndefined();
    expect(reply.headers.location).toBe(reply.json.links.self);
  });

  test('POST waits for the first one where an Idempotency-Key comes again', async () => {
    const headers = { 'Idempotency-Key': 'waiting' };
    const first = await post('respond-async', flip, headers);
    expect([first.status, first.headers['preference-applied']]).toEqual([202, 'respond-async']);
    const again = await post('wait=20', flip, headers);
    expect([again.status, again.headers['content-location']]).toEqual([303, first.headers.location]);
  });

  test('GET holds the answer until the task has ended', async () => {
    const uri = await pending();
    const [task, status] = await Promise.all([
      client.get(uri, { Prefer: 'wait=20' }),
      client.get(`${uri}/status`, { Prefer: 'wait=20' }),
    ]);
    expect([task.status, status.status, status.json.state]).toEqual([303, 200, 'ok']);
    expect(task.headers.vary).toBe('Accept, Prefer');
  });
});
