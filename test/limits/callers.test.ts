import { afterEach, describe, expect, test } from '@jest/globals';
import { networkOf } from '../../src/limits/caller-limits.js';
import { Raw } from '../support/raw.js';
import { Service } from '../support/service.js';
import { jpeg } from '../support/pictures.js';

let service: Service;
afterEach(() => service.stop());

const begin = async (environment: Record<string, string>): Promise<Service> =>
  (service = await Service.start({ environment }));

describe('requests', () => {
  test('are counted down, and refused when none is left', async () => {
    const { client } = await begin({ RATE_REQUESTS_MAX: '3', RATE_SECONDS: '3600' });
    for (const left of [2, 1, 0]) {
      const { status, headers } = await client.get('/images');
      expect([status, headers['ratelimit-policy']]).toEqual([200, '"requests";q=3;w=3600']);
      expect(headers['ratelimit']).toMatch(new RegExp(`^"requests";r=${left};t=\\d+$`));
    }
    const refused = await client.get('/images');
    expect(refused.status).toBe(429);
    expect(refused.headers['ratelimit']).toMatch(/^"requests";r=0;t=3[56]\d\d$/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(1_100);
    expect(refused.json).toMatchObject({
      'violated-policies': ['requests'],
      detail: expect.stringContaining('3600 s'),
    });
  });

  test('that are refused are not looked at: no body is waited for', async () => {
    const { client } = await begin({ RATE_REQUESTS_MAX: '1', RATE_SECONDS: '3600' });
    await client.get('/images');
    const { host } = new URL(client.origin);
    const head = `POST /images HTTP/1.1\r\nHost: ${host}\r\nContent-Type: image/png\r\nContent-Length: 1000000\r\n\r\n`;
    await new Raw(client.origin).send(head).hears(/^HTTP\/1.1 429 /);
  });

  test('for what is answered from memory are not counted: a balancer asks for health as often as it likes', async () => {
    const { client } = await begin({ RATE_REQUESTS_MAX: '1', RATE_SECONDS: '3600' });
    for (const path of ['/livez', '/readyz', '/capabilities', '/openapi.json', '/livez']) {
      const { status, headers } = await client.get(path);
      expect([status, headers['ratelimit']]).toEqual([200, undefined]);
    }
  });

  test('are not counted where the service is open to its own machine alone, unless it is asked to', async () => {
    const { client } = await begin({});
    expect((await client.get('/images')).headers['ratelimit']).toBeUndefined();
  });

  test('of who has a key are counted, also where it is of the owner that a service without keys has', async () => {
    await begin({});
    const { headers } = await (await service.key({ owner: 'local' })).get('/images');
    expect(headers['ratelimit-policy']).toBe('"requests";q=6000;w=60');
  });

  test('of clients behind a proxy are told apart by their addresses, and by no address that they write themselves', async () => {
    const { client } = await begin({ RATE_REQUESTS_MAX: '1', RATE_SECONDS: '3600', PROXY_HOPS: '1' });
    const from = (addresses: string) => client.get('/images', { 'X-Forwarded-For': addresses });
    expect((await from('192.0.2.1')).status).toBe(200);
    expect((await from('192.0.2.2')).status).toBe(200);
    expect((await from('198.51.100.9, 192.0.2.1')).status).toBe(429);
    expect((await from('2001:db8::1')).status).toBe(200);
    expect((await from('2001:db8::2')).status).toBe(429);
  });

  test('cannot escape by writing X-Forwarded-For where there is no proxy', async () => {
    const { client } = await begin({ RATE_REQUESTS_MAX: '1', RATE_SECONDS: '3600' });
    await client.get('/images', { 'X-Forwarded-For': '192.0.2.1' });
    expect((await client.get('/images', { 'X-Forwarded-For': '192.0.2.2' })).status).toBe(429);
  });
});

test('credentials that are wrong too often are told so, while those that are good are taken', async () => {
  const { client } = await begin({ AUTH_FAILURES_MAX: '2', RATE_SECONDS: '3600' });
  const good = await service.key();
  const guess = () => client.get('/images', { Authorization: 'Bearer wrong' });
  expect([(await guess()).status, (await guess()).status]).toEqual([401, 401]);
  const refused = await guess();
  expect([refused.status, refused.json['violated-policies']]).toEqual([429, ['failures']]);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(1_700);
  expect((await good.get('/images')).status).toBe(200);
});

test('credentials that are shown with OPTIONS are counted too', async () => {
  const { client } = await begin({ AUTH_FAILURES_MAX: '2', RATE_SECONDS: '3600' });
  await service.key();
  const guess = () =>
    client.call('OPTIONS', '/images/019a0000-0000-7000-8000-000000000000', {
      headers: { Authorization: 'Bearer wrong' },
      unchecked: true,
    });
  expect([(await guess()).status, (await guess()).status, (await guess()).status]).toEqual([401, 401, 429]);
});

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['::1', '0:0:0:0'],
  ['', ''],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe('event streams', () => {
  const follow = async (path: string): Promise<Raw> => {
    const raw = new Raw(service.client.origin);
    raw.send(`GET ${path}/events HTTP/1.1\r\nHost: ${new URL(service.client.origin).host}\r\n\r\n`);
    await raw.hears(/\r\n\r\n/);
    return raw;
  };
  const pending = async (): Promise<string> => {
    const image = await service.store(await jpeg());
    const task = await service.client.post('/images/tasks', { image, operations: [{ operation: 'flip' }] });
    return new URL(task.headers.location ?? '').pathname;
  };

  test.each([
    [{ STREAMS_MAX_PER_OWNER: '2' }, 429, 'too-many-streams'],
    [{ STREAMS_MAX: '2' }, 503, 'service-streams-full'],
  ])('%j are open at once, and no more', async (environment, status, slug) => {
    await begin({ ...environment });
    const task = await pending();
    const [first, second] = [await follow(task), await follow(task)];
    const refused = await service.client.get(`${task}/events`);
    expect([refused.status, refused.json.type]).toEqual([status, `${service.client.origin}/problems/${slug}`]);
    expect((await service.client.call('HEAD', `${task}/events`)).status).toBe(200);
    first.end();
    // Its place is free once the service has seen that it is gone.
    let third = await follow(task);
    while (!third.heard.startsWith('HTTP/1.1 200')) third = await follow(task);
    for (const each of [second, third]) each.end();
  });
});
