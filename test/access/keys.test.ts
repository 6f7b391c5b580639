import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { ApiKeysService } from '../../src/access/api-keys.service.js';
import { newKey, standingOf } from '../../src/access/api-key.js';
import { asBrowser, checkPage } from '../support/page-check.js';
import { Service } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start();
});
afterAll(() => service.stop());

test('a service is open until the first key is made, and never again', async () => {
  expect((await service.client.get('/images')).status).toBe(200);
  const ann = await service.key({ owner: 'ann' });
  const refused = await service.client.get('/images');
  expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer realm="darkroom"']);
  expect((await ann.get('/images')).status).toBe(200);
});

test('a browser that has no key is shown a page which says how it is done', async () => {
  await service.key();
  const reply = await service.client.get('/images', asBrowser);
  expect(reply.status).toBe(401);
  checkPage(reply);
  expect(reply.text).toMatch(/Authorization: Bearer dk_/);
});

test('the use of a key is noted to the minute', async () => {
  const token = await service.token();
  const keys = service.app.get(ApiKeysService, { strict: false });
  const lastUse = async () => (await keys.list()).find(({ id }) => id === token.split('_')[1])?.lastUsedAt;
  expect(await lastUse()).toBeNull();
  const at = (seconds: number) => new Date(Date.UTC(2030, 0, 1, 12, 0, seconds));
  // Written by the way, after the answer.
  const noted = async (seconds: number) => {
    await keys.verify(token, at(seconds));
    while ((await lastUse())?.getTime() !== at(seconds).getTime()) continue;
  };
  await noted(0);
  await keys.verify(token, at(59));
  await noted(61);
});

test('a key is 256 random bits, of which only SHA-256 stays', () => {
  const details = { owner: 'ann', scopes: ['read' as const], name: null, expiresAt: null };
  const now = new Date(0);
  const { key, token } = newKey(details, now, (bytes) => Buffer.alloc(bytes, 0xab));
  expect(token).toBe(`dk_${'ab'.repeat(8)}_${'ab'.repeat(32)}`);
  expect(JSON.stringify(key)).not.toContain('ab'.repeat(32));
  expect(standingOf(key, token, now)).toBe('valid');
  expect(standingOf(key, newKey(details, now, randomBytes).token, now)).toBe('unknown');
  expect(standingOf(null, token, now)).toBe('unknown');
  expect(standingOf({ ...key, expiresAt: now }, token, now)).toBe('expired');
  expect(standingOf({ ...key, expiresAt: now, revokedAt: now }, token, now)).toBe('revoked');
});
