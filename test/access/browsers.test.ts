import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { basicPassword } from '../../src/http/basic.js';
import { TestBrowser } from '../support/browser.js';
import { asBrowser } from '../support/page-check.js';
import { Service } from '../support/service.js';

/** To unpack the browser, and for one test, on a machine with other work to do. */
const [startMs, testMs] = [180_000, 180_000];
jest.setTimeout(testMs);

let service: Service;
let browser: TestBrowser;
let key: string;
beforeAll(async () => {
  service = await Service.start();
  key = await service.token({ owner: 'ann' });
  browser = await TestBrowser.start();
}, startMs);
afterAll(async () => {
  await browser?.stop();
  await service?.stop();
});

const basic = (user: string, password: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

describe('who has no key', () => {
  test('is asked for one as a password, if it is a browser', async () => {
    const { status, headers } = await service.client.get('/images', asBrowser);
    expect([status, headers['www-authenticate']]).toEqual([
      401,
      'Bearer realm="darkroom", Basic realm="darkroom: any user name, and a key as the password", charset="UTF-8"',
    ]);
  });

  test('is asked again when the password was none', async () => {
    const { status, headers } = await service.client.get('/images', { ...asBrowser, ...basic('ann', 'wrong') });
    expect([status, headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^Bearer .*error="invalid_token".*, Basic realm=/),
    ]);
  });

  test('is asked for no password, if it is a program', async () => {
    const { headers } = await service.client.get('/images', { Accept: '*/*' });
    expect(headers['www-authenticate']).toBe('Bearer realm="darkroom"');
  });
});

describe('a key as a password', () => {
  test('lets in whatever the user name is, or as a user name without one', async () => {
    for (const fields of [basic('ann', key), basic('', key), basic('ännchen', key), basic(key, '')]) {
      expect((await service.client.get('/images', fields)).status).toBe(200);
    }
    // RFC 7617 2: a colon ends the user name.
    expect((await service.client.get('/images', basic('ann:', key))).status).toBe(401);
  });

  test.each([
    ['POST', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
    ['POST', { Origin: 'https://evil.example' }],
    ['GET', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' }],
  ])('does not let in the %s that a page of another site has the browser send', async (method, fields) => {
    const path = method === 'GET' ? '/images' : '/reservations';
    const reply = await service.client.call(method, path, { headers: { ...basic('', key), ...fields } });
    expect([reply.status, reply.json.type]).toEqual([403, expect.stringMatching(/cross-site-request$/)]);
  });

  test.each([
    [undefined, undefined],
    ['Bearer YTpi', undefined],
    ['Basic', ''],
    ['Basic ?', ''],
    ['basic YTpi', 'b'],
    ['BASIC  YTpiOmM=', 'b:c'],
    ['Basic YTo=', 'a'],
    ['Basic Og==', ''],
  ])('is found in %j as %j', (field, password) => {
    expect(basicPassword(field)).toBe(password);
  });
});

test('somebody opens the console in a browser, is asked for a key, and works with it', async () => {
  const context = await browser.browser.newContext({
    baseURL: service.client.origin,
    httpCredentials: { username: 'whoever', password: key },
  });
  try {
    const page = await context.newPage();
    expect((await page.goto('/'))?.status()).toBe(200);
    const form = page.locator('section', { hasText: 'Process an image' });
    await form.getByLabel('Image').setInputFiles('test/fixtures/gallery/photograph.jpg');
    await form.getByRole('button', { name: 'Process' }).click();
    await page.waitForURL(/\/images\/tasks\/[0-9a-f-]{36}$/);
  } finally {
    await context.close();
  }
  const ann = service.client.with({ Authorization: `Bearer ${key}` });
  expect((await ann.get('/images/tasks')).json.items).toHaveLength(1);
});
