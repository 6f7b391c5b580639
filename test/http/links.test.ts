import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Service } from '../support/service.js';
import { jpeg } from '../support/pictures.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start({ environment: { PUBLIC_URL: 'https://pictures.example/darkroom/' } });
});
afterAll(() => service.stop());

test('links of a list keep the path of PUBLIC_URL', async () => {
  for (const seed of [1, 2]) {
    await service.client.post('/images', await jpeg({ seed }), { 'Content-Type': 'image/jpeg' });
  }
  const { json, headers } = await service.client.get('/images?limit=1');
  expect(json.links.self).toBe('https://pictures.example/darkroom/images?limit=1');
  expect(json.links.next).toMatch(/^https:\/\/pictures\.example\/darkroom\/images\?limit=1&cursor=/);
  expect(headers.link).toContain(`<${json.links.next}>; rel="next"`);
});

test('links of a list do not follow an absolute-form request line', async () => {
  const { port } = new URL(service.client.origin);
  const text = await new Promise<string>((resolve, reject) => {
    const asked = request({ port, path: 'http://evil.example/images?limit=1' }, (response) => {
      let heard = '';
      response.on('data', (chunk: Buffer) => (heard += chunk.toString()));
      response.once('end', () => resolve(heard));
    });
    asked.once('error', reject).end();
  });
  expect(JSON.parse(text).links.self).toBe('https://pictures.example/darkroom/images?limit=1');
});

test('an image is named by its URI as the public has it', async () => {
  const { headers } = await service.client.post('/images', await jpeg({ seed: 3 }), { 'Content-Type': 'image/jpeg' });
  const image = headers.location ?? '';
  expect(image).toMatch(/^https:\/\/pictures\.example\/darkroom\/images\//);
  const reply = await service.client.post('/images/tasks', { image, operations: [{ operation: 'flip' }] });
  expect(reply.status).toBe(202);
});
