import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Service } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start();
});
afterAll(() => service.stop());

describe('a service with keys', () => {
  test('is open until the first one is made, and never again', async () => {
    expect((await service.client.get('/images')).status).toBe(200);
    const ann = await service.key({ owner: 'ann' });
    const refused = await service.client.get('/images');
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Bearer realm="darkroom"']);
    expect((await ann.get('/images')).status).toBe(200);
  });
});
