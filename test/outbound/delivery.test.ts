import { expect, test } from '@jest/globals';
import { type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { Outbound } from '../../src/outbound/outbound.js';
import { Names } from './names.js';
import { Receiver } from './receiver.js';

const names = new Names({ 'receiver.test': [['127.0.0.1']] });
const outbound = new Outbound({ privateAddresses: 'allow', lookup: names.lookup });
const took = expect.any(Number);

function post(receiver: Receiver, headers: Record<string, string> = {}): ReturnType<Outbound['post']> {
  return outbound.post({ url: receiver.url(), headers, body: 'hello' });
}

test('a message arrives as it was given, under the name in its URL', async () => {
  const heard: { request: IncomingMessage; body: string }[] = [];
  await using receiver = await Receiver.http((request, response) => {
    void text(request).then((body) => {
      heard.push({ request, body });
      response.writeHead(204).end();
    });
  });
  const url = `${receiver.url('receiver.test')}?a=1&b[]=|{}#fragment`;
  const headers = { 'content-type': 'application/json', 'webhook-id': 'msg_1' };
  expect(await outbound.post({ url, headers, body: '{"text":"grüß"}' })).toEqual({
    status: 204,
    retryAfter: undefined,
    durationMs: took,
  });
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatchObject({ request: { method: 'POST', url: '/hook?a=1&b[]=|{}' }, body: '{"text":"grüß"}' });
  expect(heard[0]?.request.headers).toEqual({
    host: `receiver.test:${receiver.port}`,
    connection: 'close',
    'content-length': '17',
    ...headers,
  });
});

test.each([301, 302, 303, 307, 308])('a %i is an answer and is not followed', async (status) => {
  await using canary = await Receiver.http((_request, response) => response.writeHead(204).end());
  await using receiver = await Receiver.http((_request, response) => {
    response.writeHead(status, { location: canary.url() }).end('elsewhere');
  });
  expect(await post(receiver)).toEqual({ status, retryAfter: undefined, durationMs: took });
  expect([receiver.connections, canary.connections]).toEqual([1, 0]);
});

test.each([
  [429, '120'],
  [503, 'Fri, 31 Dec 1999 23:59:59 GMT'],
  [503, 'whenever'],
])('a %i comes with its Retry-After: %s', async (status, retryAfter) => {
  await using receiver = await Receiver.http((_request, response) => {
    response.writeHead(status, { 'retry-after': retryAfter }).end('{"later":true}');
  });
  expect(await post(receiver)).toEqual({ status, retryAfter, durationMs: took });
});

test('of two Retry-After the first counts', async () => {
  await using receiver = await Receiver.http((_request, response) => {
    response.writeHead(503, ['retry-after', '1', 'retry-after', '2']).end();
  });
  expect(await post(receiver)).toMatchObject({ status: 503, retryAfter: '1' });
});

test.each([200, 201, 400, 404, 410, 500])('a %i is an answer', async (status) => {
  await using receiver = await Receiver.http((_request, response) => response.writeHead(status).end('{}'));
  expect(await post(receiver)).toEqual({ status, retryAfter: undefined, durationMs: took });
});

test('hints before the answer are passed over', async () => {
  await using receiver = await Receiver.http((_request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.writeHead(204).end();
  });
  expect(await post(receiver)).toMatchObject({ status: 204 });
});

test('an answer with 64 KiB of content is read, one byte more is too large', async () => {
  const bytesMax = 64 * 1024;
  for (const [bytes, expected] of [
    [bytesMax, { status: 200, retryAfter: undefined, durationMs: took }],
    [bytesMax + 1, { status: 200, failure: 'too-large', durationMs: took }],
  ] as const) {
    await using receiver = await Receiver.http((_request, response) => response.end(Buffer.alloc(bytes)));
    expect(await post(receiver)).toEqual(expected);
    await receiver.left();
  }
});

test.each([true, false])('an answer of 1 MiB is too large and its connection is gone; chunked: %p', async (chunked) => {
  await using receiver = await Receiver.http((_request, response) => {
    if (chunked) response.write(' ');
    response.end(Buffer.alloc(1024 * 1024));
  });
  expect(await post(receiver)).toEqual({ status: 200, failure: 'too-large', durationMs: took });
  await receiver.left();
});

test('an answer that never ends is too large', async () => {
  await using receiver = await Receiver.http((_request, response) => {
    const pour = () => {
      while (response.write(Buffer.alloc(16_384)));
    };
    response.on('drain', pour);
    pour();
  });
  expect(await post(receiver)).toEqual({ status: 200, failure: 'too-large', durationMs: took });
  await receiver.left();
});

test('compressed content stays compressed: a bomb is as small as it came', async () => {
  await using receiver = await Receiver.http((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end('not even gzip');
  });
  expect(await post(receiver)).toEqual({ status: 200, retryAfter: undefined, durationMs: took });
});

test('nothing stays open after a call, also where the other side would have liked to', async () => {
  await using receiver = await Receiver.raw((socket) => {
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n'));
  });
  expect(await post(receiver)).toMatchObject({ status: 200 });
  expect(await post(receiver)).toMatchObject({ status: 200 });
  await receiver.left();
  expect(receiver.connections).toBe(2);
});

test('neither a proxy of the environment nor a cookie has a part in it', async () => {
  await using proxy = await Receiver.http((_request, response) => response.writeHead(502).end());
  const cookies: unknown[] = [];
  await using receiver = await Receiver.http((request, response) => {
    cookies.push(request.headers.cookie);
    response.writeHead(204, { 'set-cookie': 'a=1' }).end();
  });
  const before = { ...process.env };
  Object.assign(process.env, { http_proxy: proxy.url(), HTTP_PROXY: proxy.url(), NODE_USE_ENV_PROXY: '1' });
  try {
    expect(await post(receiver)).toMatchObject({ status: 204 });
    expect(await post(receiver)).toMatchObject({ status: 204 });
  } finally {
    process.env = before;
  }
  expect([cookies, proxy.connections]).toEqual([[undefined, undefined], 0]);
});

test.each([
  { 'content-type': 'a\r\nb: c' },
  { expect: '100-continue' },
  { 'bad name': 'x' },
  { 'content-length': '3' },
])('a message that cannot be sent is the caller’s mistake and thrown: %j', async (headers) => {
  await using receiver = await Receiver.http((_request, response) => response.writeHead(204).end());
  await expect(post(receiver, { ...headers })).rejects.toThrow();
});

test('the caller can give up: before, while nothing comes, and while content comes', async () => {
  await using silent = await Receiver.raw(() => undefined);
  const message = { url: silent.url(), headers: {}, body: '' };
  expect(await outbound.post(message, AbortSignal.abort())).toEqual({ failure: 'aborted', durationMs: took });
  expect(silent.connections).toBe(0);

  const reason = Object.assign(new Error('Enough.'), { code: 'ECONNREFUSED' });
  const caller = new AbortController();
  await using slow = await Receiver.http((_request, response) => {
    response.writeHead(200).write('.', () => setImmediate(() => caller.abort(reason)));
  });
  expect(await outbound.post({ ...message, url: slow.url() }, caller.signal)).toMatchObject({ failure: 'aborted' });
  await slow.left();
});

test('a closing service gives up what is under way, and starts nothing more', async () => {
  const closing = new Outbound({ privateAddresses: 'allow' });
  const arrived = Promise.withResolvers<void>();
  await using silent = await Receiver.raw((socket) => socket.once('data', () => arrived.resolve()));
  const message = { url: silent.url(), headers: {}, body: 'hello' };
  const sending = closing.post(message);
  await arrived.promise;
  await closing.close();
  expect(await sending).toEqual({ failure: 'aborted', durationMs: took });
  await silent.left();
  expect(await closing.post(message)).toMatchObject({ failure: 'aborted' });
  expect(silent.connections).toBe(1);
});
