import { afterEach, expect, test } from '@jest/globals';
import { type Socket } from 'node:net';
import tls from 'node:tls';
import { Outbound, type OutboundOptions } from '../../src/outbound/outbound.js';
import { certificate, expiredCertificate, key } from './certificates.js';
import { Names } from './names.js';
import { Receiver } from './receiver.js';
import { Wall } from './wall.js';

const names = new Names({
  'receiver.test': [['127.0.0.1']],
  'other.test': [['127.0.0.1']],
  'empty.test': [[]],
  'far.test': [['93.184.215.14']],
});
const took = expect.any(Number);

function post(url: string, options: Partial<OutboundOptions> = {}): ReturnType<Outbound['post']> {
  const outbound = new Outbound({ privateAddresses: 'allow', lookup: names.lookup, ...options });
  return outbound.post({ url, headers: {}, body: 'hello' });
}

/** Hears the request, and does this. */
async function onRequest(act: (socket: Socket) => void): Promise<Receiver> {
  return Receiver.raw((socket) => socket.once('data', () => act(socket)));
}

/** A byte of the answer whenever the one before is on its way, and never the last. */
function dribble(socket: Socket, start: string): void {
  socket.write(start);
  const clock = setInterval(() => socket.write('a'), 20);
  socket.on('close', () => clearInterval(clock));
}

test('no answer at all is a timeout', async () => {
  await using silent = await Receiver.raw(() => undefined);
  expect(await post(silent.url(), { firstByteTimeoutMs: 50 })).toEqual({ failure: 'timeout', durationMs: took });
  await silent.left();
});

test.each([
  ['headers', 'HTTP/1.1 200 OK\r\nx-slow: ', undefined],
  ['a body of known length', 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n', 200],
  ['a body until the end', 'HTTP/1.1 503 Busy\r\n\r\n', 503],
])('byte by byte %s is a timeout by the clock of the whole', async (_what, start, status) => {
  await using slow = await onRequest((socket) => dribble(socket, start));
  const sent = await post(slow.url(), { firstByteTimeoutMs: 10_000, totalTimeoutMs: 200 });
  expect(sent).toEqual({ failure: 'timeout', ...(status !== undefined && { status }), durationMs: took });
  expect(sent.durationMs).toBeLessThan(2_000);
  await slow.left();
});

test('hints without end are a timeout', async () => {
  await using slow = await onRequest((socket) => {
    const clock = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 10);
    socket.on('close', () => clearInterval(clock));
  });
  expect(await post(slow.url(), { totalTimeoutMs: 200 })).toEqual({ failure: 'timeout', durationMs: took });
});

test('a look-up that does not come back is a timeout, and what it finds later is not called', async () => {
  const found = Promise.withResolvers<{ address: string; family: number }[]>();
  await using canary = await Receiver.raw(() => undefined);
  const sent = await post(canary.url('slow.test'), { connectTimeoutMs: 50, lookup: () => found.promise });
  expect(sent).toEqual({ failure: 'timeout', durationMs: took });
  found.resolve([{ address: '127.0.0.1', family: 4 }]);
  await new Promise(setImmediate);
  expect(canary.connections).toBe(0);
});

test('a connection that is never made is a timeout', async () => {
  const wall = await Wall.raise();
  wall.outside = 'silent';
  try {
    expect(await post('http://far.test/', { connectTimeoutMs: 50 })).toEqual({ failure: 'timeout', durationMs: took });
    expect(await post('http://far.test/', { totalTimeoutMs: 50 })).toEqual({ failure: 'timeout', durationMs: took });
    expect(wall.attempts).toEqual(['93.184.215.14:80', '93.184.215.14:80']);
  } finally {
    wall.lower();
  }
});

test('a TLS handshake that is not answered is a timeout', async () => {
  await using silent = await Receiver.raw(() => undefined, 'https');
  expect(await post(silent.url('receiver.test'), { connectTimeoutMs: 50 })).toMatchObject({ failure: 'timeout' });
  await silent.left();
});

test.each(['127.0.0.1', 'receiver.test'])('a closed port is refused: %s', async (host) => {
  const closed = await Receiver.raw(() => undefined);
  const url = closed.url(host);
  await closed[Symbol.asyncDispose]();
  expect(await post(url)).toEqual({ failure: 'refused', durationMs: took });
});

test('a name without an address is dns', async () => {
  expect(await post('http://nobody.test/')).toEqual({ failure: 'dns', durationMs: took });
  expect(await post('http://empty.test/')).toEqual({ failure: 'dns', durationMs: took });
});

test('a name that the system’s resolver cannot even ask for is dns', async () => {
  const outbound = new Outbound({ privateAddresses: 'allow' });
  const url = `http://${'a'.repeat(64)}.test/`; // RFC 1035 2.3.4: a label has at most 63
  expect(await outbound.post({ url, headers: {}, body: '' })).toEqual({ failure: 'dns', durationMs: took });
});

test.each<[string, (socket: Socket) => void, number | undefined]>([
  ['with a reset', (socket) => socket.resetAndDestroy(), undefined],
  ['without a word', (socket) => socket.end(), undefined],
  ['amid the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-'), undefined],
  ['amid the body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'), 200],
  ['amid a chunk', (socket) => socket.end('HTTP/1.1 410 Gone\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf'), 410],
])('a connection that ends %s is reset', async (_how, act, status) => {
  await using rude = await onRequest(act);
  const sent = await post(rude.url());
  expect(sent).toEqual({ failure: 'reset', ...(status !== undefined && { status }), durationMs: took });
  expect(rude.connections).toBe(1);
});

test('a connection that is reset before it was used is reset, and not tried again', async () => {
  await using rude = await Receiver.raw((socket) => socket.resetAndDestroy());
  expect(await post(rude.url())).toEqual({ failure: 'reset', durationMs: took });
  await using secretive = await Receiver.raw((socket) => socket.resetAndDestroy(), 'https');
  expect(await post(secretive.url('receiver.test'))).toEqual({ failure: 'reset', durationMs: took });
  expect([rude.connections, secretive.connections]).toEqual([1, 1]);
});

test.each([
  'SSH-2.0-OpenSSH_9.2\r\n',
  '220 mail.example ESMTP\r\n',
  '<html>hello</html>',
  'HTTP/1.1 two hundred\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
])('%j is not HTTP that could be understood', async (words) => {
  await using stranger = await onRequest((socket) => socket.write(words));
  expect(await post(stranger.url())).toEqual({ failure: 'protocol', durationMs: took });
  await stranger.left();
});

test('headers without end are too large', async () => {
  await using talker = await onRequest((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    for (let line = 0; line < 1_000; line += 1) socket.write(`x-${line}: ${'a'.repeat(100)}\r\n`);
  });
  expect(await post(talker.url())).toEqual({ failure: 'too-large', durationMs: took });
  await talker.left();
});

test('a certificate that nobody has signed is tls', async () => {
  await using receiver = await Receiver.https({ key, cert: certificate }, (_request, response) => response.end());
  expect(await post(receiver.url('receiver.test'))).toEqual({ failure: 'tls', durationMs: took });
});

test('no TLS where there should be is tls', async () => {
  await using plain = await Receiver.http((_request, response) => response.end());
  expect(await post(plain.url().replace('http', 'https'))).toEqual({ failure: 'tls', durationMs: took });
});

const trusted = tls.getCACertificates('default');
afterEach(() => tls.setDefaultCACertificates(trusted));

test('with a certificate that is trusted the name decides, not the address', async () => {
  tls.setDefaultCACertificates([certificate]);
  await using receiver = await Receiver.https({ key, cert: certificate }, (_request, response) => {
    response.writeHead(204).end();
  });
  expect(await post(receiver.url('receiver.test'))).toMatchObject({ status: 204 });
  expect(await post(receiver.url('other.test'))).toEqual({ failure: 'tls', durationMs: took });
  expect(await post(receiver.url('127.0.0.1'))).toEqual({ failure: 'tls', durationMs: took });
});

test('a certificate that has run out is tls', async () => {
  tls.setDefaultCACertificates([expiredCertificate]);
  await using receiver = await Receiver.https({ key, cert: expiredCertificate }, (_request, response) =>
    response.end(),
  );
  expect(await post(receiver.url('receiver.test'))).toEqual({ failure: 'tls', durationMs: took });
});
