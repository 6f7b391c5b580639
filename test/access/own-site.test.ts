import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isLoopback } from '../../src/http/loopback.js';
import { Service } from '../support/service.js';

let service: Service;
let port: string;
beforeAll(async () => {
  service = await Service.start({ environment: { PUBLIC_URL: 'https://images.example.org/' } });
  ({ port } = new URL(service.client.origin));
});
afterAll(() => service.stop());

const cases = (own: boolean, table: Record<string, Record<string, string>>) =>
  describe(own ? 'is let in' : 'is refused', () => {
    test.each(Object.entries(table))('%s', async (_name, fields) => {
      const { method = 'POST', ...headers } = fields;
      if (headers['Origin'] === 'own') headers['Origin'] = service.client.origin;
      const path = method === 'POST' ? '/reservations' : '/images';
      const reply = await service.client.call(method, path, { headers });
      if (own) expect([200, 201, 204]).toContain(reply.status);
      else expect([reply.status, reply.json.type]).toEqual([403, expect.stringMatching(/cross-site-request$/)]);
    });
  });

describe('while nobody is asked for a key, what', () => {
  cases(true, {
    'a program sends': {},
    'somebody types into the address line': { method: 'GET', 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' },
    'a form of our own page sends': { 'Sec-Fetch-Site': 'same-origin', Origin: 'own' },
    'a form of our own page sends that tells nobody where it is': { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' },
    'a page at PUBLIC_URL sends': { Origin: 'https://images.example.org' },
    'a link of another site leads to': {
      ...{ method: 'GET', 'Sec-Fetch-Site': 'cross-site' },
      ...{ 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
    },
  });

  cases(false, {
    'a form of another site sends': {
      ...{ 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
      Origin: 'https://evil.example',
    },
    'a page of another port sends': { 'Sec-Fetch-Site': 'same-site', Origin: 'http://localhost:1' },
    'an older browser sends for another site': { Origin: 'https://evil.example' },
    'a page of another port of this name reads': { method: 'GET', Origin: 'http://localhost:1' },
    'a sandboxed page sends': { Origin: 'null' },
    'a sandboxed frame of ours sends': { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
    'an image on another site asks for': {
      ...{ method: 'GET', 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' },
    },
    'a frame on another site shows': {
      ...{ method: 'GET', 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
    },
    'says that it comes from what there is not': { 'Sec-Fetch-Site': 'nowhere' },
  });

  test.each(['localhost', '127.0.0.1', '[::1]', 'x.localhost', 'images.example.org'])(
    'is sent to %s is answered, on whichever port',
    async (name) => {
      for (const host of [name, `${name}:${port}`, `${name}:80`]) {
        expect((await service.client.get('/images', { Host: host })).status).toBe(200);
      }
    },
  );

  test.each(['rebound.example', 'localhost.rebound.example', '192.168.1.7', '0.0.0.0', 'images.example.org.evil'])(
    'is sent to %s is not',
    async (name) => {
      const reply = await service.client.get('/images', { Host: `${name}:${port}` });
      expect([reply.status, reply.json.errors]).toEqual([421, [expect.objectContaining({ header: 'Host' })]]);
    },
  );
});

test('with keys it is the key that counts, which no page of another site knows', async () => {
  const closed = await Service.start();
  try {
    const client = await closed.key();
    const fields = { Host: 'images.example.net', Origin: 'https://app.example', 'Sec-Fetch-Site': 'cross-site' };
    const reply = await client.get('/images', fields);
    expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([200, undefined]);
  } finally {
    await closed.stop();
  }
});

test('names and addresses of this machine are told from those of others', () => {
  const own = ['localhost', 'LOCALHOST', 'a.localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'];
  const others = ['', '0', '0.0.0.0', '::', '10.0.0.1', 'localhost.example', '127.0.0.1.example', '128.0.0.1', '::2'];
  expect(own.filter(isLoopback)).toEqual(own);
  expect(others.filter(isLoopback)).toEqual([]);
});
