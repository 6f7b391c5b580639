import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answerTo, Raw } from '../support/raw.js';
import { Service } from '../support/service.js';

let service: Service;
let origin: string;
beforeAll(async () => {
  const environment = {
    HEADERS_SECONDS_MAX: '1',
    BODY_SECONDS_MAX: '1',
    BODY_BYTES_PER_SECOND_MIN: '1000',
    ANSWER_SECONDS_MAX: '1',
    CONNECTIONS_MAX: '20',
  };
  service = await Service.start({ environment });
  ({ origin } = service.client);
});
afterAll(() => service.stop());

const close = 'Connection: close\r\n\r\n';
const get = (head: string): string => `GET /livez HTTP/1.1\r\n${head}${close}`;
const problem = (status: number, slug: string): RegExp => new RegExp(`^HTTP/1.1 ${status} [^]*/problems/${slug}"`);

describe('the head of a request', () => {
  test.each([
    ['without Host', get('')],
    ['with two Hosts', get('Host: a\r\nHOST: b\r\n')],
    ['with a Host that is none', get('Host: a b\r\n')],
  ])('%s is malformed, and a problem says so', async (_, bytes) => {
    const heard = await answerTo(origin, bytes);
    expect(heard).toMatch(problem(400, 'malformed-request'));
    expect(heard).toMatch(/"header":"Host"/);
  });

  test('with two keys is malformed: a proxy may have looked at the other one', async () => {
    const heard = await answerTo(
      origin,
      get('Host: localhost\r\nAuthorization: Bearer a\r\nAUTHORIZATION: Bearer b\r\n'),
    );
    expect(heard).toMatch(problem(400, 'malformed-request'));
    expect(heard).toMatch(/"header":"Authorization"/);
  });

  test('of HTTP/1.0 needs no Host', async () => {
    expect(await answerTo(origin, 'GET /livez HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /);
  });

  test.each([8_001, 20_000, 60_000])('with a URI of %i characters is refused for that', async (length) => {
    const path = `/${'a'.repeat(length - 1)}`;
    expect(await answerTo(origin, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${close}`)).toMatch(
      problem(414, 'uri-too-long'),
    );
  });

  test('may have a URI of 8,000 characters', async () => {
    const heard = await answerTo(origin, `GET /${'a'.repeat(7_999)} HTTP/1.1\r\nHost: localhost\r\n${close}`);
    expect(heard).toMatch(problem(404, 'not-found'));
  });

  test.each([
    ['many fields', 'a: b\r\n'.repeat(100)],
    ['more fields than Node looks at', 'a:\r\n'.repeat(2_500)],
    ['a long field', `a: ${'b'.repeat(20_000)}\r\n`],
  ])('with %s is refused for that', async (_, fields) => {
    expect(await answerTo(origin, get(`Host: localhost\r\n${fields}`))).toMatch(problem(431, 'headers-too-large'));
  });

  test('that takes too long is given up', async () => {
    // It may not even have begun.
    const slow = [new Raw(origin), new Raw(origin).send('GET /livez HTTP/1.1\r\nHost: localhost\r\nA: ')];
    for (const each of slow) expect(await each.closed()).toMatch(problem(408, 'request-timeout'));
  });
});

describe('a body', () => {
  const upload = `POST /images HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n`;

  test('that never comes, or stops, is given up, and the connection closed', async () => {
    const begun = [
      'Content-Length: 100000\r\n\r\n',
      `Content-Length: 100000\r\n\r\n${'x'.repeat(50_000)}`,
      'Transfer-Encoding: chunked\r\n\r\n4\r\nxxxx\r\n',
    ];
    for (const heard of await Promise.all(begun.map((rest) => answerTo(origin, upload + rest)))) {
      expect(heard).toMatch(problem(408, 'request-timeout'));
      expect(heard).toMatch(/\r\nConnection: close\r\n/i);
    }
  });

  test('that trickles is given up, although it never stops', async () => {
    const raw = new Raw(origin).send(`${upload}Content-Length: 100000\r\n\r\n`);
    const trickle = setInterval(() => raw.send('x'), 20);
    expect(await raw.closed().finally(() => clearInterval(trickle))).toMatch(problem(408, 'request-timeout'));
  });

  test('that comes steadily, and no slower than it may, is taken', async () => {
    const raw = new Raw(origin).send(`${upload}Content-Length: 30000\r\n\r\n`);
    // Five times as fast as it has to be, for a second and a half.
    const sending = setInterval(() => raw.send('x'.repeat(200)), 10);
    expect(await raw.hears(/\r\n\r\n/).finally(() => clearInterval(sending))).toMatch(/^HTTP\/1.1 422 /);
    raw.end();
  });

  test('that is not wanted before it was said so is not waited for', async () => {
    const raw = new Raw(origin).send(`${upload}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
    await raw.hears(/100 Continue/);
    await raw.send('none').hears(/HTTP\/1.1 422 /);
    raw.end();
  });
});

test('an answer that nobody reads is dropped', async () => {
  const reader = new Raw(origin).pause();
  // More than the buffers of both sides hold.
  reader.send(`GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(60));
  const connections = (): Promise<number> =>
    new Promise((resolve) => service.app.getHttpServer().getConnections((_: unknown, count: number) => resolve(count)));
  while ((await connections()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  reader.end();
});

test('an answer that takes longer to make than it may go unread is waited for', async () => {
  const image = await service.store(Buffer.from(onePixel, 'base64'), 'image/gif');
  const task = await service.client.post('/images/tasks', { image, operations: [{ operation: 'flip' }] });
  const waited = await service.client.get(task.headers.location ?? '', { Prefer: 'wait=2' });
  expect(waited.json.state).toBe('pending');
});

test('connections beyond the most are closed at once, and those that are open go on', async () => {
  const open = Array.from({ length: 20 }, () => new Raw(origin).send('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n'));
  for (const each of open) await each.hears(/^HTTP\/1.1 200 /);
  expect(await new Raw(origin).closed()).toBe('');
  await open[0]?.send('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n').hears(/^HTTP\/1.1 200 [^]*HTTP\/1.1 200 /);
  for (const each of open) each.end();
});

const onePixel = 'R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=';
