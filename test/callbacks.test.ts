import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { type Client, type Reply } from './support/client.js';
import { jpeg } from './support/pictures.js';
import { answer, type Behaviour, type Received, Receiver } from './support/receiver.js';
import { Service } from './support/service.js';

const key = Buffer.alloc(32, 7);
const secret = `whsec_${key.toString('base64')}`;
const flip = [{ operation: 'flip' }];
const failing = [{ operation: 'crop', left: 1000, top: 0, width: 10, height: 10 }];

let service: Service;
let client: Client;
let receiver: Receiver;
let image: string;
let paths = 0;

beforeAll(async () => {
  receiver = await Receiver.start();
  service = await Service.start({
    worker: true,
    environment: {
      CALLBACK_PRIVATE_ADDRESSES: 'allow',
      CALLBACK_RETRY_SECONDS: '0,0,0',
      CALLBACK_SECONDS_MAX: '1',
    },
  });
  client = service.client;
  image = (await client.post('/images', await jpeg(), { 'Content-Type': 'image/jpeg' })).json.id;
});
afterAll(async () => {
  await service.stop();
  await receiver.stop();
});

/** A URL of its own for each test. */
const listening = (behaviour: Behaviour): { path: string; url: string } => {
  const path = `/${(paths += 1)}`;
  return { path, url: receiver.at(path, behaviour) };
};
const accept = async (callback: object, operations = flip): Promise<string> => {
  const reply = await client.post('/images/tasks', { image, operations, callback });
  expect([reply.status, reply.text]).toEqual([202, expect.any(String)]);
  return reply.headers.location ?? '';
};

const alertsOf = async (task: string): Promise<Reply['json'][]> =>
  (await client.get(`/alerts?task=${task.split('/').at(-1)}`)).json.items;

/** The alert of a task when nothing more is to happen to it. */
const settled = async (task: string): Promise<Reply['json']> => {
  for (;;) {
    const [alert] = await alertsOf(task);
    if (alert !== undefined && alert.state !== 'pending') return alert;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};
const deliveriesOf = async (alert: Reply['json']): Promise<Reply['json'][]> =>
  (await client.get(alert.links.deliveries)).json.items.reverse();

const verify = ({ headers, body }: Received): void => {
  new Webhook(secret).verify(body, headers);
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
};

describe('a callback', () => {
  test('is told of the end in the words of Standard Webhooks, and its 204 ends it', async () => {
    const { path, url } = listening(answer(204));
    const task = await accept({ url, secret });
    const [received] = await receiver.until(path, 1);
    if (received === undefined) throw new Error('nothing came');
    verify(received);
    const alert = await settled(task);
    expect(received.headers).toMatchObject({ 'webhook-id': alert.id, 'content-type': 'application/json' });
    const status = (await client.get(`${task}/status`)).json;
    expect(JSON.parse(received.body)).toEqual({ type: 'task.ok', timestamp: status.completed, data: status });
    expect(alert).toMatchObject({ type: 'task.ok', state: 'delivered', url, signed: true, links: { task } });
    expect(alert.secret).toBeUndefined();
    expect(await deliveriesOf(alert)).toMatchObject([
      { number: 1, cause: 'event', state: 'succeeded', status: 204, durationMs: expect.any(Number) },
    ]);
    expect(status.links.alerts).toBe(`${client.origin}/alerts?task=${status.id}`);
    expect(receiver.of(path)).toHaveLength(1);
  });

  test('says in XML what the source document has, where it asks for XML; unsigned without a secret', async () => {
    const { path, url } = listening(answer(200));
    const body = `<task><image href="/images/${image}"/><callback href="${url}" format="xml"/><operations><crop left="1000" top="0" width="10" height="10"/></operations></task>`;
    expect((await client.post('/images/tasks', body, { 'Content-Type': 'application/xml' })).status).toBe(202);
    const [received] = await receiver.until(path, 1);
    expect(received?.headers['content-type']).toBe('application/xml');
    expect(received?.headers['webhook-signature']).toBeUndefined();
    expect(received?.body).toMatch(
      /<alert><type>task.failed<\/type><timestamp>.+<data><status .*<state>FAILED<\/state>/,
    );
  });

  test.each([
    ['cancelled', async (uri: string) => client.call('POST', `${uri}/cancel`)],
    ['forgotten', async (uri: string) => client.call('DELETE', uri)],
  ])('is told of a task that is %s', async (_name, end) => {
    await service.stopWorker();
    const { path, url } = listening(answer(204));
    const task = await accept({ url, secret });
    expect((await end(task)).status).toBeLessThan(300);
    await service.startWorker();
    const [received] = await receiver.until(path, 1);
    expect(JSON.parse(received?.body ?? '')).toMatchObject({ type: 'task.cancelled', data: { state: 'cancelled' } });
  });

  test('is told of every end of a task that is tried again, each an alert of its own', async () => {
    const { path, url } = listening(answer(204));
    const task = await accept({ url, secret }, failing);
    await settled(task);
    await client.call('POST', `${task}/retry`);
    const received = await receiver.until(path, 2);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
    expect(await alertsOf(task)).toHaveLength(2);
  });
});

describe('a receiver that', () => {
  test('fails twice is tried again with the same id and body, and a signature of its own', async () => {
    const { path, url } = listening((received, response, count) =>
      answer(count < 3 ? 500 : 204)(received, response, count),
    );
    const alert = await settled(await accept({ url, secret }));
    expect(alert.state).toBe('delivered');
    const received = receiver.of(path);
    received.forEach(verify);
    expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([alert.id]));
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect((await deliveriesOf(alert)).map(({ cause, state, status }) => [cause, state, status])).toEqual([
      ['event', 'failed', 500],
      ['retry', 'failed', 500],
      ['retry', 'succeeded', 204],
    ]);
  });

  test('hangs is given up at the time limit, at every try of the schedule', async () => {
    const { url } = listening(() => undefined);
    const alert = await settled(await accept({ url, secret }));
    expect(alert).toMatchObject({ state: 'failed', failure: 'exhausted', detail: expect.stringMatching(/resend/) });
    const deliveries = await deliveriesOf(alert);
    expect(deliveries.map(({ failure }) => failure)).toEqual(['timeout', 'timeout', 'timeout', 'timeout']);
  });

  test('answers 302 to another address is not followed there', async () => {
    const { path: elsewhere, url: secretPlace } = listening(answer(204));
    const { url } = listening(answer(302, { Location: secretPlace }));
    const alert = await settled(await accept({ url, secret }));
    expect(alert.failure).toBe('exhausted');
    expect((await deliveriesOf(alert)).map(({ status }) => status)).toEqual([302, 302, 302, 302]);
    expect(receiver.of(elsewhere)).toEqual([]);
  });

  test('answers 410 gets nothing any more, until a resend finds it back', async () => {
    let status = 410;
    const { path, url } = listening((received, response, count) => answer(status)(received, response, count));
    const first = await settled(await accept({ url, secret }));
    expect(first).toMatchObject({ state: 'failed', failure: 'gone', detail: expect.stringMatching(/410/) });
    const second = await settled(await accept({ url, secret }));
    expect([second.failure, await deliveriesOf(second)]).toEqual(['gone', []]);
    expect(receiver.of(path)).toHaveLength(1);
    status = 204;
    expect((await client.call('POST', `/alerts/${second.id}/resend`)).status).toBe(202);
    await receiver.until(path, 2);
    const third = await settled(await accept({ url, secret }));
    expect(third.state).toBe('delivered');
    expect((await client.get(`/alerts/${second.id}`)).json.state).toBe('delivered');
  });

  test('answers 410 to many at once is asked no more, whatever the others are told meanwhile', async () => {
    const held: (() => void)[] = [];
    const path = `/${'深'.repeat(200)}`;
    const url = receiver.at(new URL(path, 'http://a').pathname, (received, response, count) => {
      held.push(() => answer(410)(received, response, count));
      if (held.length === 3) held.forEach((release) => release());
      else if (held.length > 3) held.at(-1)?.();
    });
    const alerts = await Promise.all(
      (await Promise.all(Array.from({ length: 12 }, () => accept({ url })))).map(settled),
    );
    expect(new Set(alerts.map(({ failure }) => failure))).toEqual(new Set(['gone']));
    const deliveries = (await Promise.all(alerts.map(deliveriesOf))).flat();
    expect(deliveries.filter(({ failure }) => failure === 'interrupted')).toEqual([]);
  });

  test('asks for more time gets it', async () => {
    const { url } = listening((received, response, count) =>
      answer(count === 1 ? 503 : 204, { 'Retry-After': '1' })(received, response, count),
    );
    const alert = await settled(await accept({ url, secret }));
    const [first, second] = await deliveriesOf(alert);
    expect(Date.parse(second.scheduled) - Date.parse(first.completed)).toBeGreaterThanOrEqual(900);
    expect(second.state).toBe('succeeded');
  });

  test('says more than anybody wants to hear is cut off', async () => {
    const { url } = listening((_received, response) => response.end(Buffer.alloc(200_000)));
    const alert = await settled(await accept({ url, secret }));
    expect((await deliveriesOf(alert))[0]).toMatchObject({ state: 'failed', failure: 'too-large' });
  });

  test('is down for a while gets it when it is back', async () => {
    const { port } = receiver;
    await receiver.stop();
    const task = await accept({ url: `http://127.0.0.1:${port}/back`, secret });
    for (;;) {
      const [alert] = await alertsOf(task);
      if (alert !== undefined && (await deliveriesOf(alert)).some(({ failure }) => failure === 'refused')) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    receiver = await Receiver.start(port);
    const alert = await settled(task);
    if (alert.state === 'failed') await client.call('POST', alert.links.resend);
    await receiver.until('/back', 1);
  });
});

describe('POST /alerts/{id}/resend', () => {
  test('makes a new delivery of the same alert, each time', async () => {
    const { path, url } = listening(answer(204));
    const alert = await settled(await accept({ url, secret }));
    const reply = await client.post(alert.links.resend, { reason: 'lost' });
    expect([reply.status, reply.headers.location]).toEqual([202, `${alert.links.deliveries}/2`]);
    expect(reply.headers['content-location']).toBe(reply.headers.location);
    expect(reply.json).toMatchObject({ number: 2, cause: 'resend', links: { alert: alert.links.self } });
    expect((await client.call('POST', alert.links.resend)).headers.location).toBe(`${alert.links.deliveries}/3`);
    const received = await receiver.until(path, 3);
    expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([alert.id]));
    received.forEach(verify);
    expect((await client.get(reply.headers.location ?? '')).json.number).toBe(2);
  });

  test('reserved and PUT happens once, however often it is sent', async () => {
    const { path, url } = listening(answer(204));
    const alert = await settled(await accept({ url }));
    const minted = (await client.post('/reservations', { for: alert.links.resend })).headers.location ?? '';
    expect((await client.get(minted)).json.type).toMatch(/empty-slot$/);
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => client.call('PUT', minted)));
    const replies = [first, ...others];
    expect(replies.map((reply) => reply?.status).sort()).toEqual([200, 200, 200, 200, 202]);
    expect(new Set(replies.map((reply) => reply?.headers['content-location']))).toEqual(
      new Set([`${alert.links.deliveries}/2`]),
    );
    await receiver.until(path, 2);
    expect(await deliveriesOf(alert)).toHaveLength(2);
    expect((await client.get(minted)).json).toMatchObject({ status: 202 });
    const put = (body: object): Promise<Reply> =>
      client.call('PUT', minted, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    expect((await put({ reason: 'another' })).json.type).toMatch(/other-content$/);
    expect((await client.call('DELETE', minted)).status).toBe(409);
    const unused = (await client.post('/reservations', { for: alert.links.resend })).headers.location ?? '';
    expect((await client.call('DELETE', unused)).status).toBe(204);
  });

  test('refuses members and values that it does not know', async () => {
    const { url } = listening(answer(204));
    const alert = await settled(await accept({ url }));
    const minted = (await client.post('/reservations', { for: alert.links.resend })).headers.location ?? '';
    const headers = { 'Content-Type': 'application/json' };
    for (const [method, at] of [
      ['POST', alert.links.resend],
      ['PUT', minted],
    ]) {
      expect((await client.call(method, at, { headers, body: '{"because":"x"}' })).status).toBe(400);
      expect((await client.call(method, at, { headers, body: '{"reason":7}' })).status).toBe(422);
    }
  });
});

describe('a delivery whose process died', () => {
  test('is on record as interrupted, and another takes its place', async () => {
    await service.stopWorker();
    const { path, url } = listening(answer(204));
    const task = await accept({ url, secret });
    await client.call('POST', `${task}/cancel`);
    // As the killed process has left it.
    const database = new pg.Client({ connectionString: service.database.url });
    await database.connect();
    await database.query("update deliveries set state = 'running', started_at = now() where state = 'waiting'");
    await database.end();
    await service.startWorker();
    const alert = await settled(task);
    expect((await deliveriesOf(alert)).map(({ cause, state, failure }) => [cause, state, failure])).toEqual([
      ['event', 'failed', 'interrupted'],
      ['event', 'succeeded', undefined],
    ]);
    expect(receiver.of(path)).toHaveLength(1);
  });
});

describe('what is no callback', () => {
  test.each([
    [{ url: 'ftp://example.org/' }, '/callback/url'],
    [{ url: 'https://user:hushhush@example.org/' }, '/callback/url'],
    [{ url: 'example.org' }, '/callback/url'],
    [{ url: 5 }, '/callback/url'],
    [{ url: 'https://example.org/', secret: 'short' }, '/callback/secret'],
    [{ url: 'https://example.org/', format: 'yaml' }, '/callback/format'],
    [{}, '/callback/url'],
    ['https://example.org/', '/callback'],
    [[], '/callback'],
  ])('%j is refused', async (callback, pointer) => {
    const reply = await client.post('/images/tasks', { image, operations: flip, callback });
    expect([reply.status, reply.json.errors[0].pointer]).toEqual([422, pointer]);
    expect(reply.text).not.toContain('hushhush');
  });

  test('may be null, and so may be what it need not have', async () => {
    expect((await client.post('/images/tasks', { image, operations: flip, callback: null })).status).toBe(202);
    expect((await client.post('/images/tasks', { image: null, operations: flip })).status).toBe(422);
    const { path, url } = listening(answer(204));
    await accept({ url, secret: null, format: null });
    expect((await receiver.until(path, 1))[0]?.headers['content-type']).toBe('application/json');
  });

  test('has members that mean something, in XML too', async () => {
    const unknown = await client.post('/images/tasks', {
      image,
      operations: flip,
      callback: { url: 'https://a.org/', x: 1 },
    });
    expect([unknown.status, unknown.json.errors[0].pointer]).toEqual([400, '/callback/x']);
    for (const [callback, pointer] of [
      ['<callback url="https://a.org/"/>', '/callback/url'],
      ['<callback href="https://a.org/" x="1"/>', '/callback/x'],
      ['<callback href="https://a.org/">text</callback>', '/callback'],
    ]) {
      const body = `<task><image href="${image}"/>${callback}<operations><flip/></operations></task>`;
      const reply = await client.post('/images/tasks', body, {
        'Content-Type': 'application/xml',
        Accept: 'application/json',
      });
      expect([reply.status, reply.json.errors[0].pointer]).toEqual([400, pointer]);
    }
  });

  test('is a private address, unless the deployment allows it', async () => {
    const strict = await Service.start();
    const stored = await strict.client.post('/images', await jpeg(), { 'Content-Type': 'image/jpeg' });
    const reply = await strict.client.post('/images/tasks', {
      image: stored.json.id,
      operations: flip,
      callback: { url: receiver.urlOf('/private') },
    });
    expect([reply.status, reply.json.errors[0].pointer]).toEqual([422, '/callback/url']);
    await strict.stop();
  });
});

describe('GET /alerts', () => {
  test('lists by state and by task, page by page', async () => {
    const { items, links } = (await client.get('/alerts?limit=2')).json;
    expect(items).toHaveLength(2);
    const next = (await client.get(links.next)).json.items;
    expect(next[0].id < items[1].id).toBe(true);
    const failed = (await client.get('/alerts?state=failed')).json.items;
    expect(new Set(failed.map(({ state }: { state: string }) => state))).toEqual(new Set(['failed']));
    expect((await client.get('/alerts?state=lost')).status).toBe(400);
    const xml = await client.get('/alerts', { Accept: 'application/xml' });
    expect(xml.text).toMatch(/^<\?xml.*<alerts /s);
  });

  test('knows deliveries by number alone', async () => {
    const [alert] = (await client.get('/alerts?state=delivered&limit=1')).json.items;
    for (const number of ['0', '99', 'x', '1e3', '-1']) {
      expect((await client.get(`${alert.links.deliveries}/${number}`)).status).toBe(404);
    }
  });
});
