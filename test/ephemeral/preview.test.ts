import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { type Client, formData, related, type Reply } from '../support/client.js';
import { keptBy } from '../support/nothing-left.js';
import { jpeg, png } from '../support/pictures.js';
import { Service } from '../support/service.js';

let service: Service;
let client: Client;
let photo: Buffer;
let mark: string;
let before: object;

beforeAll(async () => {
  service = await Service.start({ environment: { UPLOAD_BYTES_MAX: '500000', PREVIEW_PIXELS_MAX: '200000' } });
  client = service.client;
  photo = await jpeg({ width: 120, height: 90 });
  mark = await service.store(await png({ width: 16, height: 16 }), 'image/png');
  before = await keptBy(service);
});
afterAll(async () => {
  expect(await keptBy(service)).toEqual(before);
  await service.stop();
});

const operations = [
  { operation: 'resize', width: 60 },
  { operation: 'convert', format: 'webp' },
];
const image = () => ({ filename: 'x.jpg', mediaType: 'image/jpeg', bytes: photo });
const form = (fields: Record<string, string>, headers = {}) =>
  client.postForm('/images/preview', { ...fields, image: image() }, headers);
const asked = (list: object[], headers = {}) => form({ task: JSON.stringify({ operations: list }) }, headers);
const raw = (query: string, headers = {}, bytes = photo) =>
  client.post(`/images/preview${query}`, bytes, { 'Content-Type': 'image/jpeg', ...headers });
const expectProblem = ({ status, json }: Reply, expected: number, slug: string) =>
  expect([status, json?.type]).toEqual([expected, expect.stringMatching(`/problems/${slug}$`)]);

describe('POST /images/preview', () => {
  test('answers with the processed bytes, and how long each step took', async () => {
    const reply = await asked(operations);
    expect([reply.status, reply.headers['content-type']]).toEqual([200, 'image/webp']);
    expect(reply.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-length': String(reply.bytes.length),
      'content-disposition': 'inline; filename=preview.webp',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'server-timing': expect.stringMatching(
        /^receive;dur=[\d.]+, wait;dur=[\d.]+, inspect;dur=[\d.]+, operations;dur=[\d.]+, encode;dur=[\d.]+, total;dur=[\d.]+$/,
      ),
    });
    // Nothing is left that any of these could lead to.
    for (const field of ['location', 'etag', 'last-modified', 'accept-ranges', 'content-location']) {
      expect([field, reply.headers[field]]).toEqual([field, undefined]);
    }
    expect(await sharp(reply.bytes).metadata()).toMatchObject({ format: 'webp', width: 60, height: 45 });
    expect(await keptBy(service)).toEqual(before);
  });

  test('gives the same bytes for the same image and operations in every form', async () => {
    const [first, ...others] = [
      await asked(operations),
      await form({ task: '<task><operations><resize width="60"/><convert format="webp"/></operations></task>' }),
      await form({ 'resize.width': '60', 'convert.format': 'webp' }),
      await raw(`?operations=${encodeURIComponent(JSON.stringify(operations))}`),
      await raw('?resize.width=60&convert.format=webp'),
      await compound('application/json', JSON.stringify({ operations })),
      await compound(
        'application/xml',
        '<task><operations><resize width="60"/><convert format="webp"/></operations></task>',
      ),
    ];
    for (const { status, bytes } of others) expect([status, bytes.equals(first?.bytes ?? photo)]).toEqual([200, true]);
  });

  test('makes what a task makes', async () => {
    const other = await Service.start({ worker: true });
    try {
      const { headers } = await other.client.postForm('/images/tasks', {
        task: JSON.stringify({ operations }),
        image: image(),
      });
      const ended = await other.ended(headers.location ?? '');
      const content = await other.client.get(`${ended.headers.location}/content`);
      expect((await asked(operations)).bytes.equals(content.bytes)).toBe(true);
    } finally {
      await other.stop();
    }
  });

  test('keeps the format of the image without convert; ranges and conditions mean nothing to it', async () => {
    const fields = { Range: 'bytes=0-9', 'If-None-Match': '*' };
    const reply = await raw('?flip=on', fields);
    expect([reply.status, reply.headers['content-type'], reply.bytes.length > 10]).toEqual([200, 'image/jpeg', true]);
  });

  test('a PDF is not shown by a browser that is on this site', async () => {
    const { status, headers, bytes } = await raw('?convert.format=pdf');
    expect([status, headers['content-type'], headers['content-disposition']]).toEqual([
      200,
      'application/pdf',
      'attachment; filename=preview.pdf',
    ]);
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  });

  test('lays a stored image over it', async () => {
    const plain = await asked([{ operation: 'flip' }]);
    const marked = await asked([{ operation: 'flip' }, { operation: 'watermark', image: `/images/${mark}` }]);
    expect([marked.status, marked.bytes.equals(plain.bytes)]).toEqual([200, false]);
  });
});

describe('POST /images/preview refuses', () => {
  test('what is wrong with the operations, where they are', async () => {
    const body = await asked([{ operation: 'resize', width: -1 }]);
    expectProblem(body, 422, 'invalid-member');
    expect(body.json.errors[0].pointer).toBe('/operations/0/width');
    const field = await form({ 'resize.width': 'wide' });
    expectProblem(field, 422, 'invalid-member');
    expect(field.json.errors[0].pointer).toBe('/resize.width');
    for (const [query, parameter] of [
      ['?resize.width=wide', 'resize.width'],
      ['?operations=[{"operation":"resize","width":-1}]', 'operations'],
      ['?operations=[]&flip=on', 'operations'],
      ['?operations=[', 'operations'],
      ['?operations={}', 'operations'],
      ['?operations=[{"operation":"flip","__proto__":1}]', 'operations'],
      ['?flip=off', 'flip'],
      ['?resize.__proto__=1', 'resize.__proto__'],
      ['?resize.width=%ZZ', 'resize.width'],
      ['', 'operations'],
    ] as const) {
      const reply = await raw(query);
      expectProblem(reply, 400, 'invalid-parameter');
      expect(reply.json.errors[0].parameter).toBe(parameter);
    }
    expectProblem(await asked([{ operation: 'crop', left: 999, top: 0, width: 9, height: 9 }]), 422, 'invalid-member');
  });

  test('what belongs to a task, twice, or nowhere', async () => {
    expectProblem(await form({ task: '{"operations":[{"operation":"flip"}],"taskTtl":9}' }), 400, 'unknown-member');
    expectProblem(await form({}), 422, 'invalid-member');
    expectProblem(await form({ task: '{"operations":[{"operation":"flip"}]}', flip: 'on' }), 422, 'invalid-member');
    const { contentType, body } = formData({ flip: 'on' });
    expectProblem(await client.post('/images/preview', body, { 'Content-Type': contentType }), 422, 'invalid-member');
    const both = formData({ flip: 'on', image: image() });
    const twice = await client.post('/images/preview?flip=on', both.body, { 'Content-Type': both.contentType });
    expectProblem(twice, 400, 'invalid-parameter');
  });

  test('a stored image that is not there', async () => {
    const missing = '/images/01a00000-0000-7000-8000-000000000000';
    const reply = await asked([{ operation: 'flip' }, { operation: 'watermark', image: missing }]);
    expectProblem(reply, 422, 'invalid-member');
    expect(reply.json.errors[0].pointer).toBe('/operations/1/image');
  });

  test('bytes that are no image, or not those that were stated, or too many', async () => {
    expectProblem(await raw('?flip=on', {}, Buffer.from('no image')), 422, 'unreadable-image');
    expectProblem(await raw('?flip=on', {}, photo.subarray(0, photo.length / 2)), 422, 'unreadable-image');
    expectProblem(await raw('?flip=on', {}, Buffer.from('%PDF-1.7\n')), 415, 'unsupported-media-type');
    const digest = `sha-256=:${createHash('sha256').update('other').digest('base64')}:`;
    expectProblem(await raw('?flip=on', { 'Repr-Digest': digest }), 400, 'digest-mismatch');
    expectProblem(await raw('?flip=on', {}, Buffer.alloc(600_000)), 413, 'body-too-large');
  });

  test('a format that is not accepted: by the operations before the image comes, or by what was made', async () => {
    const early = await asked(operations, { Accept: 'image/avif' });
    expectProblem(early, 406, 'not-acceptable');
    expect(early.json.available).toEqual(['image/webp']);
    expectProblem(await raw('?flip=on', { Accept: 'image/avif' }), 406, 'not-acceptable');
  });
});

describe('too much for a preview', () => {
  const expectTaskWay = (reply: Reply) => {
    expectProblem(reply, 422, 'too-much-for-a-preview');
    expect([reply.headers.link, reply.json.tasks]).toEqual([
      `<${client.origin}/images/tasks>; rel="related"`,
      `${client.origin}/images/tasks`,
    ]);
  };

  test('a text, more pixels than a preview takes, and more than it makes', async () => {
    expectTaskWay(await asked([{ operation: 'ocr' }]));
    const large = await sharp({ create: { width: 600, height: 400, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const input = await raw('?flip=on', {}, large);
    expectTaskWay(input);
    expect(input.json.detail).toBe('The image has 0.2 megapixels; the limit is 0.2 megapixels.');
    expectTaskWay(await asked([{ operation: 'resize', width: 1000, height: 1000, fit: 'fill' }]));
  });

  test('work that would take longer, by what such work takes', async () => {
    const other = await Service.start({ environment: { PREVIEW_SECONDS_MAX: '1' } });
    try {
      const wide = await sharp({ create: { width: 3000, height: 2000, channels: 3, background: 'red' } })
        .png()
        .toBuffer();
      const reply = await other.client.post('/images/preview?convert.format=avif', wide, {
        'Content-Type': 'image/png',
      });
      expectProblem(reply, 422, 'too-much-for-a-preview');
      expect(reply.json.detail).toMatch(/^It would take about [\d.]+ s; the limit is 1 s\.$/);
    } finally {
      await other.stop();
    }
  });
});

function compound(mediaType: string, document: string): Promise<Reply> {
  const { contentType, body } = related([
    { mediaType, bytes: document },
    { mediaType: 'image/jpeg', bytes: photo },
  ]);
  return client.post('/images/preview', body, { 'Content-Type': contentType });
}
