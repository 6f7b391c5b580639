import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { type Client, related } from './support/client.js';
import { jpeg, png } from './support/pictures.js';
import { Service } from './support/service.js';

let service: Service;
let client: Client;
let image: string;

beforeAll(async () => {
  service = await Service.start({ worker: true });
  client = service.client;
  image = (await client.post('/images', await jpeg(), { 'Content-Type': 'image/jpeg' })).headers.location ?? '';
});
afterAll(() => service.stop());

const toWebp = [
  { operation: 'resize', width: 20 },
  { operation: 'convert', format: 'webp' },
];

describe('POST /images/tasks', () => {
  test('accepts JSON that names a stored image, by URI, path or id', async () => {
    for (const named of [image, `${image}/content`, new URL(image).pathname, image.split('/').at(-1)]) {
      const reply = await client.post('/images/tasks', { image: named, operations: toWebp });
      expect(reply.status).toBe(202);
      expect(reply.headers.location).toBe(reply.headers['content-location']);
      expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(reply.json).toMatchObject({
        state: 'pending',
        operations: toWebp,
        links: { self: reply.headers.location, image },
      });
    }
  });

  test('accepts a plain HTML form, and ends in the image that was asked for', async () => {
    const reply = await client.postForm('/images/tasks', {
      task: JSON.stringify({ operations: toWebp }),
      image: { filename: 'photo.png', mediaType: 'image/png', bytes: await png({ seed: 3 }) },
    });
    expect(reply.status).toBe(202);
    const ended = await service.ended(reply.headers.location ?? '');
    expect(ended.status).toBe(303);
    const outcome = await client.get(ended.headers.location ?? '');
    expect(outcome.json).toMatchObject({
      mediaType: 'image/webp',
      width: 20,
      height: 15,
      links: { task: reply.headers.location },
    });
    expect(outcome.json.expires).toBeDefined();
    const content = await client.get(outcome.json.links.content);
    expect(await sharp(content.bytes).metadata()).toMatchObject({ format: 'webp', width: 20 });
  });

  test('accepts XML that names a stored image, and answers in XML', async () => {
    const body = `<task><image href="${image}"/><operations><resize width="20"/><convert format="webp" quality="50"/></operations></task>`;
    const reply = await client.post('/images/tasks', body, { 'Content-Type': 'text/xml' });
    expect(reply.status).toBe(202);
    expect(reply.text).toContain('<state>pending</state>');
    const asJson = await client.get(`${reply.headers.location}/status`, { Accept: 'application/json' });
    expect(asJson.json.operations).toEqual([
      { width: 20, operation: 'resize' },
      { format: 'webp', quality: 50, operation: 'convert' },
    ]);
  });

  test('accepts multipart/related in any order of the parts', async () => {
    const root = { mediaType: 'application/json', contentId: 'task', bytes: JSON.stringify({ operations: toWebp }) };
    const picture = { mediaType: 'image/png', bytes: await png({ seed: 4 }) };
    for (const parts of [
      [root, picture],
      [picture, root],
    ]) {
      const { contentType, body } = related(parts, '; type="application/json"; start="<task>"');
      expect((await client.post('/images/tasks', body, { 'Content-Type': contentType })).status).toBe(202);
    }
  });

  test('refuses multipart/related whose root cannot be told, and one whose type is another', async () => {
    const parts = [
      { mediaType: 'text/plain', bytes: 'x' },
      { mediaType: 'image/png', bytes: 'y' },
    ];
    const untold = related(parts);
    expect((await client.post('/images/tasks', untold.body, { 'Content-Type': untold.contentType })).status).toBe(400);
    const other = related([{ mediaType: 'application/json', bytes: '{}' }], '; type="application/xml"');
    expect((await client.post('/images/tasks', other.body, { 'Content-Type': other.contentType })).status).toBe(415);
  });

  test('points at each wrong member', async () => {
    const operations = [
      { operation: 'resize', width: -1 },
      { operation: 'sharpenn' },
      { operation: 'rotate', angle: 'x' },
    ];
    const reply = await client.post('/images/tasks', { image, operations });
    expect(reply.status).toBe(422);
    expect(reply.json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/operations/0/width',
      '/operations/1/operation',
      '/operations/2/angle',
    ]);
    const unknown = await client.post('/images/tasks', {
      image,
      operations: [{ operation: 'resize', width: 10, colour: 'red' }],
    });
    expect([unknown.status, unknown.json.errors[0].pointer]).toEqual([400, '/operations/0/colour']);
    const top = await client.post('/images/tasks', { image, operations: toWebp, priority: 1 });
    expect([top.status, top.json.errors[0].pointer]).toEqual([400, '/priority']);
    const none = await client.post('/images/tasks', { image });
    expect([none.status, none.json.errors[0].pointer]).toEqual([422, '/operations']);
    const list = await client.post('/images/tasks', '[]', { 'Content-Type': 'application/json' });
    expect(list.status).toBe(422);
  });

  test('refuses an image that is not there, is missing, or is named twice', async () => {
    const gone = '/images/00000000-0000-7000-8000-000000000000';
    for (const body of [
      { operations: toWebp },
      { image: gone, operations: toWebp },
      { image: 'nonsense', operations: toWebp },
      { image: `https://evil.example${new URL(image).pathname}`, operations: toWebp },
      { image: `${image}?size=5`, operations: toWebp },
      { image: '\0', operations: toWebp },
    ]) {
      const reply = await client.post('/images/tasks', body);
      expect([reply.status, reply.json.errors[0].pointer]).toEqual([422, '/image']);
    }
    const upload = { filename: 'x', mediaType: 'image/png', bytes: await png() };
    const both = await client.postForm('/images/tasks', {
      task: JSON.stringify({ image, operations: toWebp }),
      image: upload,
    });
    expect([both.status, both.json.errors[0].pointer]).toEqual([422, '/image']);
    const neither = await client.postForm('/images/tasks', { image: upload });
    expect([neither.status, neither.json.errors[0].pointer]).toEqual([422, '/task']);
  });

  test('refuses broken XML and XML with a DOCTYPE', async () => {
    for (const body of ['<task>', '<!DOCTYPE task [<!ENTITY x "y">]><task>&x;</task>', '<other/>']) {
      expect((await client.post('/images/tasks', body, { 'Content-Type': 'application/xml' })).status).toBe(400);
    }
  });

  test.each([
    ['<operations><resize width="5"><size/></resize></operations>', '/operations/0/size'],
    ['<operations><flip>sideways</flip></operations>', '/operations/0'],
    ['<operations>flip<flip/></operations>', '/operations'],
    ['<operations strict="yes"><flip/></operations>', '/operations/strict'],
    ['<operations><flip operation="flop"/></operations>', '/operations/0/operation'],
    ['flip<operations><flip/></operations>', ''],
    ['<operations><flip/></operations><taskTtl><days/></taskTtl>', '/taskTtl/days'],
    ['<operations><constructor/></operations><constructor/>', '/constructor'],
    ['<operations><flip/></operations><operations><flop/></operations>', undefined],
    ['<image href="x"/><operations><flip/></operations>', undefined],
  ])('loses nothing of the XML silently: %s', async (members, pointer) => {
    const body = `<task><image href="${image}"/>${members}</task>`;
    const reply = await client.post('/images/tasks', body, {
      'Content-Type': 'application/xml',
      Accept: 'application/json',
    });
    expect([reply.status, reply.json.errors?.[0].pointer]).toEqual([400, pointer]);
  });

  test('a hundred at once are all accepted, each with a task of its own', async () => {
    const replies = await Promise.all(
      Array.from({ length: 100 }, () => client.post('/images/tasks', { image, operations: [{ operation: 'flip' }] })),
    );
    expect(replies.every(({ status }) => status === 202)).toBe(true);
    expect(new Set(replies.map(({ headers }) => headers.location)).size).toBe(100);
    const ends = await Promise.all(replies.map(({ headers }) => service.ended(headers.location ?? '')));
    expect(ends.every(({ status }) => status === 303)).toBe(true);
    expect(new Set(ends.map(({ headers }) => headers.location)).size).toBe(100);
  });

  test('operations that cannot be done on the image fail with a reason', async () => {
    const reply = await client.post('/images/tasks', {
      image,
      operations: [{ operation: 'crop', left: 60, top: 0, width: 100, height: 10 }],
    });
    const ended = await service.ended(reply.headers.location ?? '');
    expect(ended.status).toBe(200);
    expect(ended.json).toMatchObject({ state: 'failed', problem: 'operation-failed' });
    expect(ended.json.detail).toMatch(/64/);
  });
});

describe('a task', () => {
  test('is 303 when done whatever If-None-Match says, and always 200 under its status', async () => {
    const { headers } = await client.post('/images/tasks', { image, operations: toWebp });
    const ended = await service.ended(headers.location ?? '');
    const conditional = await client.get(headers.location ?? '', { 'If-None-Match': '*' });
    expect([conditional.status, conditional.headers.location]).toEqual([303, ended.headers.location]);
    const status = await client.get(`${headers.location}/status`);
    expect([status.status, status.json.links.outcome]).toEqual([200, ended.headers.location]);
    const head = await client.call('HEAD', headers.location ?? '');
    expect([head.status, head.headers.location, head.bytes.length]).toEqual([303, ended.headers.location, 0]);
  });

  test('that failed has a tag and answers 304', async () => {
    const { headers } = await client.postForm('/images/tasks', {
      task: JSON.stringify({ operations: toWebp }),
      image: { filename: 'x', mediaType: 'image/png', bytes: Buffer.from('no image') },
    });
    const ended = await service.ended(headers.location ?? '');
    expect(ended.json).toMatchObject({ state: 'failed', detail: 'Invalid image format.', problem: 'invalid-image' });
    expect((await client.get(headers.location ?? '', { 'If-None-Match': ended.headers.etag ?? '' })).status).toBe(304);
  });

  test('works on its image even when that is deleted meanwhile', async () => {
    const made = await client.post('/images', await jpeg({ seed: 77 }), { 'Content-Type': 'image/jpeg' });
    const { headers } = await client.post('/images/tasks', { image: made.headers.location, operations: toWebp });
    expect((await client.call('DELETE', made.headers.location ?? '')).status).toBe(204);
    expect((await service.ended(headers.location ?? '')).status).toBe(303);
  });

  test('is forgotten by DELETE', async () => {
    const { headers } = await client.post('/images/tasks', { image, operations: toWebp });
    await service.ended(headers.location ?? '');
    expect((await client.call('DELETE', headers.location ?? '', { headers: { 'If-Match': '"x"' } })).status).toBe(412);
    expect((await client.call('DELETE', headers.location ?? '')).status).toBe(204);
    expect((await client.get(headers.location ?? '')).status).toBe(404);
  });

  test('is found in the list by state, image and time', async () => {
    const { json } = await client.post('/images/tasks', { image, operations: toWebp });
    await service.ended(json.links.self);
    const id = image.split('/').at(-1);
    const found = await client.get(`/images/tasks?state=ok&image=${id}&limit=1&createdAfter=2020-01-01T00:00:00Z`);
    expect(found.json.items.map((item: { id: string }) => item.id)).toEqual([json.id]);
    expect((await client.get('/images/tasks?state=pending')).json.items).toEqual([]);
    expect((await client.get('/images/tasks?state=lost')).status).toBe(400);
    const xml = await client.get('/images/tasks', { Accept: 'application/xml' });
    expect(xml.text).toMatch(/^<\?xml[^>]*>\s*<tasks [^>]*><status><state>OK<\/state><atom:link rel="self"/);
    expect(xml.text).not.toMatch(/<item>|<status [^>]*xmlns/);
  });
});
