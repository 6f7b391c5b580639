import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import net from 'node:net';
import { contractRows } from '../../src/http/rows.js';
import { securityFields } from '../../src/http/security-headers.js';
import { jpeg } from '../support/pictures.js';
import { type Sample, samples } from '../support/samples.js';
import { Service } from '../support/service.js';

// Every answer that the support's client is given is held to the fields (conformance.ts): here, those of all routes are asked for.

const nobody = '00000000-0000-7000-8000-000000000000';
const rows = contractRows().map((row) => [`${row.method} ${row.path}`, row] as const);

let service: Service;
let known: Record<string, Sample>;
beforeAll(async () => {
  service = await Service.start();
  known = samples({
    ...{ imageId: nobody, taskId: nobody, reservationId: nobody, endedTaskId: nobody, alertId: nobody },
    ...{ textId: nobody, queryId: nobody, invocationIds: { cancel: nobody, retry: nobody, resend: nobody } },
    image: await jpeg(),
  });
});
afterAll(() => service.stop());

describe('what every answer says to browsers', () => {
  test('is this', () => {
    expect(Object.fromEntries(securityFields({ https: false }))).toEqual({
      'Content-Security-Policy': "default-src 'none';base-uri 'none';frame-ancestors 'none'",
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
    });
  });

  test.each(rows)('%s says it, asked well, badly, by another method, or for what there is not', async (_name, row) => {
    const sample = known[row.id];
    if (sample === undefined) throw new Error(`no request for ${row.id}`);
    const { path, headers = {}, body } = sample;
    const content = body === undefined ? {} : { body };
    const { client } = service;
    const seen = [
      await client.call(row.method, path, { headers, ...content }),
      await client.call(row.method, `${path}?nonsense=1`, { headers, ...content }),
      await client.call(row.method, path, { headers: { ...headers, Accept: 'text/html' }, ...content }),
      await client.call('PROPFIND', path),
      await client.call('OPTIONS', path),
      await client.call(row.method, `${path.replace(/\/$/, '')}/there/is/nothing`, { headers, ...content }),
    ];
    expect(seen.map(({ status }) => status).slice(3, 6)).toEqual([405, 204, 404]);
  });

  test('is said of what cannot be decoded or expected, and by a file of Swagger UI', async () => {
    const { client } = service;
    expect((await client.get('/images/%E0%A4%A')).status).toBe(400);
    expect((await client.get('/', { Expect: 'miracles' })).status).toBe(417);
    const { headers } = await client.call('GET', '/docs/swagger-ui.css', { unchecked: true });
    for (const [name, value] of securityFields({ https: false })) expect(headers[name.toLowerCase()]).toBe(value);
  });

  test('is said where no request can be made out', async () => {
    const heard = await sendRaw(service.client.origin, 'nonsense\r\n\r\n');
    for (const [name, value] of securityFields({ https: false })) expect(heard).toContain(`\r\n${name}: ${value}\r\n`);
    const [, requestId] = /\r\nX-Request-Id: (\S+)\r\n/.exec(heard) ?? [];
    expect(heard).toContain(`"requestId":"${requestId}"`);
  });
});

describe('a service that is reached by https', () => {
  test('tells browsers to try nothing else', async () => {
    const secure = await Service.start({ environment: { PUBLIC_URL: 'https://images.example.org' } });
    const { headers } = await secure.client.call('GET', '/livez', { unchecked: true });
    await secure.stop();
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    expect((await service.client.get('/livez')).headers['strict-transport-security']).toBeUndefined();
  });
});

describe('Swagger UI', () => {
  test.each(['/docs?url=https://evil.example/', '/docs?configUrl=//evil.example', '/docs/', '/docs/index.html?url=x'])(
    '%s leads to /docs, which shows our own document alone',
    async (path) => {
      const reply = await service.client.call('GET', path, { unchecked: true });
      expect([reply.status, reply.headers.location]).toEqual([303, '/docs']);
    },
  );

  test('runs scripts of this origin, and nothing that stands in its page', async () => {
    const { headers, text } = await service.client.call('GET', '/docs', { unchecked: true });
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'"],
      ...["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"],
    ]);
    expect(text).not.toMatch(/<style|<script>|style="|https?:/);
  });
});

/** What a server answers to bytes that are no request. */
function sendRaw(origin: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    let heard = '';
    net
      .connect(Number(port), hostname)
      .on('data', (chunk) => (heard += chunk.toString()))
      .on('close', () => resolve(heard))
      .on('error', reject)
      .write(bytes);
  });
}
