import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { DataSource } from 'typeorm';
import { logTo } from '../../src/log/log.js';
import { jpeg } from '../support/pictures.js';
import { Receiver } from '../support/receiver.js';
import { Service } from '../support/service.js';
import { Heard } from './heard.js';

const heard = new Heard();
let service: Service;
beforeAll(async () => {
  const environment = { CALLBACK_PRIVATE_ADDRESSES: 'allow' };
  service = await Service.start({ log: logTo(heard, 'debug', 'api'), environment });
});
afterAll(() => service.stop());
beforeEach(() => {
  heard.text = '';
});

/** The lines of requests, when there are so many: a line is written when its connection has had the answer. */
async function requestLines(count: number): Promise<Heard['lines']> {
  for (;;) {
    const lines = heard.lines.filter(({ msg }) => msg === 'request');
    if (lines.length >= count) return lines;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a request', () => {
  test('is one line: what was asked, what answered it, how, and how long it took', async () => {
    const { headers } = await service.client.get('/images/tasks?limit=2');
    expect(await requestLines(1)).toEqual([
      {
        ...{ level: 'info', time: expect.any(String), process: 'api', msg: 'request' },
        ...{ requestId: headers['x-request-id'], owner: 'local', operation: 'listTasks' },
        ...{ method: 'GET', path: '/images/tasks', status: 200 },
        ...{ durationMs: expect.any(Number), bytes: expect.any(Number) },
      },
    ]);
    expect(heard.lines[0]?.bytes).toBeGreaterThan(Number(headers['content-length']));
  });

  test('has no field twice', async () => {
    await service.client.get('/nothing');
    await requestLines(1);
    for (const line of heard.text.trim().split('\n')) {
      const names = [...line.matchAll(/[{,]"(\w+)":/g)].map(([, name]) => name);
      expect(names).toEqual([...new Set(names)]);
    }
  });

  test('keeps the name that it came with, and is told it', async () => {
    const { headers, json } = await service.client.get('/nothing', { 'X-Request-Id': 'proxy-7:a/b' });
    expect([headers['x-request-id'], json.requestId]).toEqual(['proxy-7:a/b', 'proxy-7:a/b']);
    expect((await requestLines(1))[0]).toMatchObject({ requestId: 'proxy-7:a/b', status: 404 });
  });

  test.each(['', ' ', 'a b', '"x"', 'x'.repeat(129), 'ü'])('is given another name than %j', async (given) => {
    const { headers } = await service.client.get('/livez', { 'X-Request-Id': Buffer.from(given).toString('latin1') });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  test.each([
    ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '0af7651916cd43dd8448eb211c80319c'],
    ['00-00000000000000000000000000000000-b7ad6b7169203331-01', undefined],
    ['ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', undefined],
    ['nonsense', undefined],
  ])('with traceparent %s is of the trace %s', async (traceparent, traceId) => {
    await service.client.get('/', { traceparent });
    expect((await requestLines(1))[0]?.traceId).toBe(traceId);
  });

  test('of a probe is for those who look for trouble', async () => {
    await service.client.get('/livez');
    expect((await requestLines(1))[0]?.level).toBe('debug');
  });

  test('that breaks on our side is told in two lines of one name: the request, and the error with its stack', async () => {
    await service.client.call('POST', '/images', { headers: { 'Content-Type': 'image/jpeg' }, body: await jpeg() });
    heard.text = '';
    const { json, status } = await broken();
    await requestLines(1);
    const lines = heard.lines.filter(({ requestId }) => requestId === json.requestId);
    expect([status, lines.map(({ msg, level }) => [msg, level])]).toEqual([
      500,
      [
        ['something broke', 'error'],
        ['request', 'warn'],
      ],
    ]);
    expect(lines[0]?.err.stack).toContain('at ');
  });

  test('that is none is a line too', async () => {
    const { hostname, port } = new URL(service.client.origin);
    const socket = connect(Number(port), hostname).resume();
    socket.write('nonsense\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(heard.lines).toEqual([
      expect.objectContaining({
        msg: 'broken request',
        status: 400,
        requestId: expect.any(String),
        code: expect.any(String),
      }),
    ]);
  });
});

/** An answer to a request whose statement the database refuses. */
async function broken() {
  const source = service.app.get(DataSource);
  await source.query('alter table notes rename to hidden');
  const { items } = (await service.client.get('/images')).json;
  heard.text = '';
  const reply = await service.client.get(`/images/${items[0].id}/notes`);
  await source.query('alter table hidden rename to notes');
  return reply;
}

test('nothing that is secret is in the log of a busy conversation', async () => {
  const receiver = await Receiver.start();
  const url = receiver.at('/in?key=hunter2', (_received, response) => response.writeHead(500).end());
  const { client } = service;
  const secrets = { Authorization: 'Bearer hunter2', Cookie: 'session=hunter2', 'X-Api-Key': 'hunter2' };
  const json = { 'Content-Type': 'application/json', ...secrets };
  const secret = `whsec_${Buffer.from('hunter2 hunter2 hunter2 hunter2').toString('base64')}`;
  const image = await service.store(await jpeg({ seed: 3 }));
  const order = { image, operations: [{ operation: 'flip' }] };
  await service.startWorker();
  const asked = [
    await client.post('/images/tasks', { ...order, callback: { url, secret } }, secrets),
    await client.post('/images/tasks', { ...order, callback: { url: url.replace('//', '//me:hunter2@') } }, secrets),
    await client.post('/images/tasks', '{"hunter2', json),
    await client.get('/images?name=hunter2', secrets),
    await client.get('/images?token=hunter2', secrets),
    await client.post('/images/search', { name: 'hunter2' }, secrets),
    await client.post(`/images/${image}/notes`, { text: 'hunter2' }, secrets),
    await client.call('GET', '/docs?url=hunter2', { headers: secrets, unchecked: true }),
  ];
  await receiver.until('/in?key=hunter2', 1);
  await requestLines(asked.length + 1);
  await service.stopWorker();
  await receiver.stop();
  expect(asked.map(({ status }) => status)).toEqual([202, 422, 400, 200, 400, 200, 200, 303]);
  expect(heard.text).not.toMatch(/hunter2|aHVudGVyM|authorization|cookie|whsec/i);
});
