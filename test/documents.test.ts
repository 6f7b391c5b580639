import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pdfOf, quartersOn } from './processing/documents.js';
import { jpeg } from './support/pictures.js';
import { Service } from './support/service.js';

let service: Service;
beforeAll(async () => {
  service = await Service.start({ worker: true, environment: { FORMATS_EXTRA: 'pdf' } });
});
afterAll(() => service.stop());

const document = pdfOf([quartersOn(72, 36)]);
const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
const asPdf = '{"operations":[{"operation":"convert","format":"pdf"}]}';

describe('a PDF', () => {
  test('is stored like an image, whatever it is called', async () => {
    for (const type of ['application/pdf', 'image/png']) {
      const { status, json } = await service.client.post(`/images?name=${type.slice(-3)}`, document, {
        'Content-Type': type,
      });
      expect([status, json.mediaType, json.width, json.pages]).toEqual([201, 'application/pdf', 200, 1]);
    }
  });

  test('is an outcome: downloaded, and chosen by Accept at the URI of the image', async () => {
    const image = { filename: 'photo.jpg', mediaType: 'image/jpeg', bytes: await jpeg() };
    const task = await service.client.postForm('/images/tasks', { task: asPdf, image });
    const { headers } = await service.ended(task.headers.location ?? '');
    const outcome = headers.location ?? '';
    const content = await service.client.get(`${outcome}/content`);
    expect(content.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': expect.stringMatching(/^attachment; filename="?[0-9a-f-]+\.pdf"?$/),
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect(content.bytes.subarray(0, 5).toString()).toBe('%PDF-');
    const chosen = await service.client.get(outcome, { Accept: 'application/pdf' });
    expect(chosen.bytes.equals(content.bytes)).toBe(true);
    expect((await service.client.get(outcome, { Accept: 'image/*' })).status).toBe(406);
  });
});

describe('an SVG, which is not switched on', () => {
  test('is a 415 that says so, and what is taken', async () => {
    const { status, json, headers } = await service.client.post('/images', drawing, {
      'Content-Type': 'image/svg+xml',
    });
    expect([status, json.type]).toEqual([415, expect.stringMatching(/\/problems\/unsupported-media-type$/)]);
    expect(json.detail).toBe('SVG is not read here: FORMATS_EXTRA does not switch it on.');
    expect(headers.accept).toMatch(/^image\/jpeg, .*image\/heic, application\/pdf$/);
  });

  test('fails the task that it came with', async () => {
    const image = { filename: 'drawing.png', mediaType: 'image/png', bytes: Buffer.from(drawing) };
    const task = await service.client.postForm('/images/tasks', { task: asPdf, image });
    expect(task.status).toBe(202);
    const { json } = await service.ended(task.headers.location ?? '');
    expect(json).toMatchObject({
      state: 'failed',
      problem: 'format-off',
      detail: 'SVG is not read here: FORMATS_EXTRA does not switch it on.',
    });
  });
});
