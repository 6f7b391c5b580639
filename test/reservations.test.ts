import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import pg from 'pg';
import { type Client, formData, type Reply } from './support/client.js';
import { jpeg, png } from './support/pictures.js';
import { Service } from './support/service.js';

let service: Service;
let client: Client;
let image: string;

beforeAll(async () => {
  service = await Service.start({ worker: true });
  client = service.client;
  image = (await client.post('/images', await jpeg(), { 'Content-Type': 'image/jpeg' })).json.id;
});
afterAll(() => service.stop());

const mint = async (path: string): Promise<string> => (await client.call('POST', path)).headers.location ?? '';
const put = (uri: string, bytes: Buffer, headers: Record<string, string> = {}): Promise<Reply> =>
  client.call('PUT', uri, { headers: { 'Content-Type': 'image/jpeg', ...headers }, body: bytes });
const putTask = (uri: string, operations: object[], headers: Record<string, string> = {}): Promise<Reply> =>
  client.call('PUT', uri, {
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ image, operations }),
  });
const digestOf = (bytes: Buffer): string => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;
const sql = async (statement: string, values: unknown[] = []): Promise<void> => {
  const database = new pg.Client({ connectionString: service.database.url });
  await database.connect();
  await database.query(statement, values);
  await database.end();
};

describe('a reservation', () => {
  test.each(['/images', '/images/tasks'])('is made by an empty POST to %s', async (path) => {
    const reply = await client.call('POST', path);
    expect(reply.status).toBe(201);
    expect(reply.headers.location).toBe(`${client.origin}${path}/${reply.json.id}`);
    expect(reply.headers.link).toBe(`<${client.origin}/reservations/${reply.json.id}>; rel="status"`);
    expect(reply.json).toMatchObject({ state: 'empty', for: client.origin + path, target: reply.headers.location });
    const listed = await client.get('/reservations?limit=1');
    expect(listed.json.items).toEqual([reply.json]);
    expect((await client.get(`/reservations/${reply.json.id}`)).json).toEqual(reply.json);
  });

  test('is made for a collection or a controller resource by POST /reservations, for a task by default', async () => {
    expect((await client.call('POST', '/reservations')).headers.location).toMatch(/\/images\/tasks\/[0-9a-f-]{36}$/);
    const retry = `${client.origin}/images/tasks/${image}/retry`;
    expect((await client.post('/reservations', { for: retry })).headers.location).toMatch(new RegExp(`^${retry}/`));
    for (const nowhere of ['/nothing', '/reservations', '/images/x', 'https://example.org/images']) {
      const reply = await client.post('/reservations', { for: nowhere });
      expect([reply.status, reply.json.errors[0].pointer]).toEqual([422, '/for']);
    }
    expect((await client.post('/reservations', { four: '/images' })).status).toBe(400);
    expect((await client.post('/reservations', { for: 5 })).status).toBe(422);
  });

  test('has no representation: 404 with its expiry, and OPTIONS says how to fill it', async () => {
    for (const path of ['/images', '/images/tasks']) {
      const uri = await mint(path);
      const reply = await client.get(uri);
      expect([reply.status, reply.json.type]).toEqual([404, expect.stringMatching(/empty-slot$/)]);
      expect(Date.parse(reply.json.expires)).toBeGreaterThan(Date.now());
      expect((await client.call('OPTIONS', uri)).headers.allow).toBe('DELETE, OPTIONS, PUT');
    }
    const task = await mint('/images/tasks');
    expect((await client.get(`${task}/status`)).json.type).toMatch(/empty-slot$/);
  });

  test('is given back by DELETE, of itself or of its target; once it is filled it stays', async () => {
    const reply = await client.call('POST', '/images');
    expect((await client.call('DELETE', `/reservations/${reply.json.id}`)).status).toBe(204);
    expect((await put(reply.json.target, await jpeg())).status).toBe(404);
    const target = await mint('/images/tasks');
    expect((await client.call('DELETE', target)).status).toBe(204);
    expect((await client.call('DELETE', target)).status).toBe(404);
    const filled = await client.call('POST', '/images');
    await put(filled.json.target, await jpeg({ seed: 31 }));
    const refused = await client.call('DELETE', `/reservations/${filled.json.id}`);
    expect([refused.status, refused.json.type]).toEqual([409, expect.stringMatching(/reservation-filled$/)]);
    expect((await client.get(`/reservations/${filled.json.id}`)).json.state).toBe('filled');
  });

  test('that has expired takes nothing any more', async () => {
    const reply = await client.call('POST', '/images');
    await sql("update reservations set expires_at = now() - interval '1 second' where id = $1", [reply.json.id]);
    expect((await client.get(`/reservations/${reply.json.id}`)).json.state).toBe('expired');
    expect((await put(reply.json.target, await jpeg())).status).toBe(404);
    expect((await client.get(reply.json.target)).json.type).toMatch(/not-found$/);
  });

  test('beyond the limit of an owner is refused with 429', async () => {
    const limited = await Service.start({ environment: { RESERVATIONS_MAX: '2' } });
    const kinds = ['/images', '/images/tasks', '/reservations'];
    for (const path of kinds.slice(0, 2)) expect((await limited.client.call('POST', path)).status).toBe(201);
    for (const path of kinds) {
      const reply = await limited.client.call('POST', path);
      expect([reply.status, reply.headers['retry-after']]).toEqual([429, '60']);
    }
    // Refused for now: the key is not used up by it.
    const again = (): Promise<Reply> => limited.client.call('POST', '/images', { headers: { 'Idempotency-Key': 'k' } });
    expect((await again()).status).toBe(429);
    const [{ id }] = (await limited.client.get('/reservations?limit=1')).json.items;
    await limited.client.call('DELETE', `/reservations/${id}`);
    expect((await again()).status).toBe(201);
    await limited.stop();
  });
});

describe('PUT of an image', () => {
  test('fills a minted URI once: 201, then 200 for the same bytes however they come', async () => {
    const uri = await mint('/images');
    const bytes = await jpeg({ seed: 41 });
    const first = await put(uri, bytes, { 'If-None-Match': '*' });
    expect([first.status, first.headers.location]).toEqual([201, uri]);
    expect(first.headers.etag).toBe((await client.get(`${uri}/content`)).headers.etag);
    const again = await put(uri, bytes);
    expect([again.status, again.json]).toEqual([200, first.json]);
    const { contentType, body } = formData({ image: { filename: 'x', mediaType: 'image/jpeg', bytes } });
    const asForm = await put(uri, body, { 'Content-Type': contentType });
    expect([asForm.status, asForm.headers.etag]).toEqual([200, undefined]);
    expect((await client.get(uri, { Accept: 'image/*' })).bytes.equals(bytes)).toBe(true);
  });

  test('answers 412 to If-None-Match: * on a filled one, and tells whose bytes are there', async () => {
    const uri = await mint('/images');
    const bytes = await jpeg({ seed: 42 });
    await put(uri, bytes);
    const reply = await put(uri, bytes, { 'If-None-Match': '*' });
    expect(reply.status).toBe(412);
    expect(reply.headers['repr-digest']).toBe(digestOf(bytes));
    expect(reply.headers.etag).toBe((await client.get(`${uri}/content`)).headers.etag);
  });

  test('replaces other bytes only for who says which state is meant', async () => {
    const uri = await mint('/images');
    const [one, two] = [await jpeg({ seed: 43 }), await png({ seed: 44 })];
    const created = await put(uri, one);
    expect((await put(uri, two)).status).toBe(428);
    expect((await put(uri, two, { 'If-Match': '"stale"' })).status).toBe(412);
    // The tag of any current representation will do.
    const { headers } = await client.get(uri, { Accept: 'application/xml' });
    const replaced = await put(uri, two, { 'If-Match': headers.etag ?? '' });
    expect([replaced.status, replaced.json.mediaType, replaced.json.id]).toEqual([200, 'image/png', created.json.id]);
    expect((await client.get(uri, { Accept: 'image/*' })).bytes.equals(two)).toBe(true);
    // RFC 9110 13.1.1: the change was made already, so a repetition with the old tag is no failure.
    expect((await put(uri, two, { 'If-Match': headers.etag ?? '' })).status).toBe(200);
    expect((await put(uri, one, { 'If-Match': headers.etag ?? '' })).status).toBe(412);
  });

  test('is refused for a taken name, bytes that are no image, an unknown URI, and a deleted one', async () => {
    await client.post('/images?name=held', await jpeg({ seed: 45 }), { 'Content-Type': 'image/jpeg' });
    const uri = await mint('/images');
    expect((await put(`${uri}?name=held`, await jpeg({ seed: 46 }))).status).toBe(409);
    const filled = await mint('/images');
    await put(filled, await jpeg({ seed: 47 }));
    expect((await put(`${filled}?name=held`, await jpeg({ seed: 48 }), { 'If-Match': '*' })).status).toBe(409);
    expect((await put(uri, Buffer.from('text'))).status).toBe(422);
    expect((await put(uri, await jpeg({ seed: 46 }), { 'If-Match': '*' })).status).toBe(412);
    expect((await put(uri, await jpeg({ seed: 46 }))).status).toBe(201);
    expect((await client.call('DELETE', uri)).status).toBe(204);
    expect((await put(uri, await jpeg({ seed: 46 }))).status).toBe(404);
  });
});

describe('PUT of a task', () => {
  test('is accepted once: 202, then 200 with the task as it is, in any language', async () => {
    const uri = await mint('/images/tasks');
    const first = await putTask(uri, [{ operation: 'resize', width: 9, height: 8 }]);
    expect([first.status, first.headers.location]).toEqual([202, uri]);
    expect((await service.ended(uri)).status).toBe(303);
    const again = await putTask(uri, [{ height: 8, operation: 'resize', width: 9 }]);
    expect([again.status, again.json.state]).toEqual([200, 'ok']);
    const xml = `<task><image href="/images/${image}"/><operations><resize height="8" width="9"/></operations></task>`;
    const inXml = await client.call('PUT', uri, { headers: { 'Content-Type': 'application/xml' }, body: xml });
    expect(inXml.status).toBe(200);
    const conditional = await putTask(uri, [{ operation: 'resize', width: 9, height: 8 }], { 'If-None-Match': '*' });
    expect(conditional.status).toBe(412);
    expect(conditional.headers).toMatchObject({ etag: expect.any(String), 'repr-digest': expect.any(String) });
  });

  test('with other content is refused with 409; of an image that is not there with 422, and the slot stays', async () => {
    const uri = await mint('/images/tasks');
    const gone = JSON.stringify({ image: '00000000-0000-7000-8000-000000000000', operations: [{ operation: 'flip' }] });
    const missing = await client.call('PUT', uri, { headers: { 'Content-Type': 'application/json' }, body: gone });
    expect(missing.status).toBe(422);
    expect((await putTask(uri, [{ operation: 'flip' }])).status).toBe(202);
    const other = await putTask(uri, [{ operation: 'flop' }]);
    expect([other.status, other.json.type]).toEqual([409, expect.stringMatching(/other-content$/)]);
    expect((await putTask(uri, [{ operation: 'nothing' }])).status).toBe(422);
    expect((await putTask(uri, [{ operation: 'flip', colour: 'red' }])).status).toBe(400);
  });

  test('that brings its image is the same again for the same bytes', async () => {
    const uri = await mint('/images/tasks');
    const bytes = await png({ seed: 51 });
    const { contentType, body } = formData({
      task: '{"operations":[{"operation":"flip"}]}',
      image: { filename: 'x', mediaType: 'image/png', bytes },
    });
    const send = (): Promise<Reply> => client.call('PUT', uri, { headers: { 'Content-Type': contentType }, body });
    expect([(await send()).status, (await send()).status]).toEqual([202, 200]);
  });
});
