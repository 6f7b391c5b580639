import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, type Reply } from './support/client.js';
import { jpeg, png } from './support/pictures.js';
import { Service } from './support/service.js';

let service: Service;
let client: Client;
let image: string;
let large: string;

beforeAll(async () => {
  service = await Service.start();
  client = service.client;
  image = (await client.post('/images', await jpeg(), { 'Content-Type': 'image/jpeg' })).json.id;
  large = (await client.post('/images', await png({ width: 1500, height: 1000 }), { 'Content-Type': 'image/png' })).json
    .id;
});
afterAll(() => service.stop());

const task = async (operations: object[] = [{ operation: 'flip' }], source = image): Promise<string> =>
  (await client.post('/images/tasks', { image: source, operations })).headers.location ?? '';
const failing = [{ operation: 'crop', left: 1000, top: 0, width: 10, height: 10 }];
const post = (uri: string, headers: Record<string, string> = {}): Promise<Reply> =>
  client.call('POST', uri, { headers });

describe('cancel', () => {
  test('of a task that waits is done at once, and only once', async () => {
    const uri = await task();
    const reply = await post(`${uri}/cancel`);
    expect([reply.status, reply.json.state, reply.headers['content-location']]).toEqual([200, 'cancelled', uri]);
    const again = await post(`${uri}/cancel`);
    expect([again.status, again.json.type]).toEqual([409, expect.stringMatching(/wrong-state$/)]);
    expect((await client.get(uri)).json.state).toBe('cancelled');
  });

  test('takes a reason, refuses other members, and is no resource to GET', async () => {
    const uri = await task();
    expect((await client.post(`${uri}/cancel`, { because: 'x' })).status).toBe(400);
    expect((await client.post(`${uri}/cancel`, { reason: '' })).status).toBe(422);
    const get = await client.get(`${uri}/cancel`);
    expect([get.status, get.headers.allow]).toEqual([405, 'OPTIONS, POST']);
    expect((await client.post(`${uri}/cancel`, { reason: 'not needed' })).status).toBe(200);
    expect((await client.call('POST', '/images/tasks/00000000-0000-7000-8000-000000000000/cancel')).status).toBe(404);
  });

  test('reserved and PUT is invoked once: 202, then 200; other content is refused', async () => {
    const uri = await task();
    const reserved = await client.post('/reservations', { for: `${uri}/cancel` });
    const target = reserved.headers.location ?? '';
    expect((await client.get(target)).json.type).toMatch(/empty-slot$/);
    const put = (body: object): Promise<Reply> =>
      client.call('PUT', target, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    expect((await put({ reason: 'one' })).status).toBe(202);
    expect((await put({ reason: 'one' })).status).toBe(200);
    expect((await put({ reason: 'two' })).status).toBe(409);
    expect((await put({ reason: 'x', y: 1 })).status).toBe(400);
    expect((await put({ reason: 5 })).status).toBe(422);
    const record = await client.get(target);
    expect(record.json).toMatchObject({ status: 200, reason: 'one', links: { self: target } });
    expect((await client.call('DELETE', target)).status).toBe(409);
    const second = (await client.post('/reservations', { for: `${uri}/cancel` })).headers.location ?? '';
    // It is cancelled already: refused, and the slot stays.
    expect((await client.call('PUT', second)).status).toBe(409);
    expect((await client.call('DELETE', second)).status).toBe(204);
    expect((await client.call('PUT', second)).status).toBe(404);
  });
});

describe.each(['cancel', 'retry'])('an invocation of %s', (verb) => {
  const invoke = (method: string, uri: string, body: object): Promise<Reply> =>
    client.call(method, uri, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  /** A task in a state that the controller takes. */
  const ready = async (): Promise<string> => {
    const uri = await task();
    if (verb === 'retry') await post(`${uri}/cancel`);
    return uri;
  };
  const reserve = async (uri: string): Promise<string> =>
    (await client.post('/reservations', { for: `${uri}/${verb}` })).headers.location ?? '';

  test('refuses members that it does not know, and values that it cannot use', async () => {
    const uri = await ready();
    const target = await reserve(uri);
    for (const [method, at] of [
      ['POST', `${uri}/${verb}`],
      ['PUT', target],
    ] as const) {
      expect((await invoke(method, at, { because: 'x' })).status).toBe(400);
      expect((await invoke(method, at, { reason: 7 })).status).toBe(422);
    }
  });

  test('is made once, stays, and is refused in the wrong state, which leaves the slot to be given back', async () => {
    const uri = await ready();
    const [first, second] = [await reserve(uri), await reserve(uri)];
    expect((await client.get(first)).json.type).toMatch(/empty-slot$/);
    expect((await invoke('PUT', first, { reason: 'one' })).status).toBe(202);
    expect((await invoke('PUT', first, { reason: 'two' })).json.type).toMatch(/other-content$/);
    expect((await client.call('DELETE', first)).json.type).toMatch(/reservation-filled$/);
    expect((await client.call('PUT', second)).json.type).toMatch(/wrong-state$/);
    expect((await client.call('DELETE', second)).status).toBe(204);
  });
});

describe('with a worker', () => {
  beforeAll(() => service.startWorker());

  test('retry makes a task that failed pending again, with a job of its own', async () => {
    const uri = await task(failing);
    expect((await service.ended(uri)).json.state).toBe('failed');
    const reply = await post(`${uri}/retry`);
    expect([reply.status, reply.json.state]).toEqual([202, 'pending']);
    expect(reply.headers).toMatchObject({ location: uri, 'content-location': uri });
    expect((await service.ended(uri)).json.state).toBe('failed');
  });

  test('retry of a cancelled task lets it end; of one that is done it is refused', async () => {
    const slow = await task(
      [
        { operation: 'resize', width: 1400 },
        { operation: 'convert', format: 'avif', effort: 9 },
      ],
      large,
    );
    const reply = await post(`${slow}/cancel`);
    expect([200, 202]).toContain(reply.status);
    const uri = await task();
    await service.ended(uri);
    expect((await post(`${uri}/retry`)).status).toBe(409);
    const waiting = await task();
    if ((await post(`${waiting}/cancel`)).status === 200) {
      expect((await post(`${waiting}/retry`)).status).toBe(202);
      expect((await service.ended(waiting)).status).toBe(303);
    }
  });

  test('cancel of a task that runs is accepted, its outcome is discarded, and its worker is free again', async () => {
    const slow = await task(
      [
        { operation: 'resize', width: 3000 },
        { operation: 'convert', format: 'avif', effort: 9 },
      ],
      large,
    );
    for (;;) if ((await client.get(`${slow}/status`)).json.started !== undefined) break;
    const reply = await post(`${slow}/cancel`);
    expect([reply.status, reply.json.state, reply.headers.location]).toEqual([202, 'cancelled', slow]);
    // Both slots of the worker are wanted: neither is held by what was cancelled.
    const others = await Promise.all([task(), task(), task()]);
    const ends = await Promise.all(others.map((uri) => service.ended(uri)));
    expect(ends.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect((await client.get(slow)).json).toMatchObject({ state: 'cancelled' });
    expect((await client.get(slow)).json.links.outcome).toBeUndefined();
  });
});

describe('an Idempotency-Key', () => {
  const key = (value: string): Record<string, string> => ({ 'Idempotency-Key': value });

  test('makes a task, an image and a reservation once, and replays the answer', async () => {
    const operations = [{ operation: 'flop' }];
    const [one, two] = [
      await client.post('/images/tasks', { image, operations }, key('"t-1"')),
      await client.post('/images/tasks', { operations, image }, key('t-1')),
    ];
    expect([one.status, two.status]).toEqual([202, 202]);
    expect([two.headers.location, two.json]).toEqual([one.headers.location, one.json]);
    expect([one.headers['idempotency-replayed'], two.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    const bytes = await jpeg({ seed: 61 });
    const upload = (): Promise<Reply> => client.post('/images', bytes, { 'Content-Type': 'image/jpeg', ...key('i-1') });
    const [first, second] = [await upload(), await upload()];
    expect([first.status, second.status, second.json]).toEqual([201, 201, first.json]);
    for (const path of ['/images', '/images/tasks', '/reservations']) {
      const [a, b] = [await post(path, key('r-1')), await post(path, key('r-1'))];
      expect([a.status, b.status, b.headers.location]).toEqual([201, 201, a.headers.location]);
    }
  });

  test('with other content is refused with 422', async () => {
    const cases: [string, () => Promise<Reply>, () => Promise<Reply>][] = [
      [
        'task',
        () => client.post('/images/tasks', { image, operations: [{ operation: 'flip' }] }, key('o')),
        () => client.post('/images/tasks', { image, operations: [{ operation: 'flop' }] }, key('o')),
      ],
      [
        'reservation',
        () => client.post('/reservations', { for: '/images' }, key('o')),
        () => client.post('/reservations', {}, key('o')),
      ],
      [
        'image',
        () => post('/images', key('o')),
        async () => client.post('/images', await jpeg({ seed: 62 }), { 'Content-Type': 'image/jpeg', ...key('o') }),
      ],
    ];
    for (const [, first, other] of cases) {
      await first();
      const reply = await other();
      expect([reply.status, reply.json.type]).toEqual([422, expect.stringMatching(/idempotency-key-reused$/)]);
    }
  });

  test('replays a refusal that was decided in the course of it, and none that was not', async () => {
    const uri = await task(failing);
    await service.ended(uri);
    const [retried, replayed] = [await post(`${uri}/retry`, key('x')), await post(`${uri}/retry`, key('x'))];
    expect([retried.status, replayed.status, replayed.headers['idempotency-replayed']]).toEqual([202, 202, 'true']);
    const other = await client.post(`${uri}/retry`, { reason: 'another' }, key('x'));
    expect(other.status).toBe(422);
    const done = await task();
    await service.ended(done);
    for (const replay of [undefined, 'true']) {
      const reply = await post(`${done}/cancel`, key('y'));
      expect([reply.status, reply.headers['idempotency-replayed']]).toEqual([409, replay]);
    }
    const reason = await client.post(`${done}/cancel`, { reason: 'z' }, key('y'));
    expect(reason.status).toBe(422);
  });

  test('in use by a request that is still being committed gives 409, on every operation that takes one', async () => {
    const pending = await task(failing);
    await service.ended(pending);
    const requests: [string, string, object | undefined][] = [
      ['/images', '/images', undefined],
      ['/images/tasks', '/images/tasks', { image, operations: [{ operation: 'flip' }] }],
      ['/reservations', '/reservations', undefined],
      [`${pending}/retry`, `${new URL(pending).pathname}/retry`, undefined],
      [`${pending}/cancel`, `${new URL(pending).pathname}/cancel`, undefined],
    ];
    for (const [uri, path, body] of requests) {
      const held = await service.holdKey(path, 'busy');
      const reply = body ? await client.post(uri, body, key('busy')) : await post(uri, key('busy'));
      await held.release();
      expect([reply.status, reply.headers['retry-after']]).toEqual([409, '1']);
      expect(reply.json.type).toMatch(/idempotency-key-in-use$/);
    }
  });

  test('fifty at once with the same key make one task', async () => {
    const send = (): Promise<Reply> =>
      client.post('/images/tasks', { image, operations: [{ operation: 'flip' }] }, key('storm'));
    const replies = await Promise.all(Array.from({ length: 50 }, send));
    const accepted = replies.filter(({ status }) => status === 202);
    expect(accepted.length).toBeGreaterThan(0);
    expect(new Set(accepted.map(({ headers }) => headers.location)).size).toBe(1);
    expect(replies.every(({ status }) => status === 202 || status === 409)).toBe(true);
    expect((await send()).headers.location).toBe(accepted[0]?.headers.location);
  });

  test('on forty empty POSTs at once mints each its URI: no request waits for a second connection', async () => {
    const replies = await Promise.all(Array.from({ length: 40 }, (_, index) => post('/images', key(`mint-${index}`))));
    expect(replies.map(({ status }) => status)).toEqual(Array(40).fill(201));
  });
});
