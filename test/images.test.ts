import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdir, unlink } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Client, formData, related, type Reply } from './support/client.js';
import { jpeg, png } from './support/pictures.js';
import { Service } from './support/service.js';
import { Processing } from '../src/processing/processing.js';
import { ImagesService } from '../src/images/images.service.js';

let service: Service;
let client: Client;

beforeAll(async () => {
  service = await Service.start({ environment: { UPLOAD_BYTES_MAX: '200000', PIXELS_MAX: '100000' } });
  client = service.client;
});
afterAll(() => service.stop());

/** Each creation has bytes of its own: equal ones would lead to each other. */
let seed = 100;
const stored = async (name?: string): Promise<{ id: string; uri: string; bytes: Buffer }> => {
  const bytes = await jpeg({ seed: ++seed });
  const query = name === undefined ? '' : `?name=${encodeURIComponent(name)}`;
  const { json, headers } = await client.post(`/images${query}`, bytes, { 'Content-Type': 'image/jpeg' });
  return { id: json.id, uri: headers.location ?? '', bytes };
};
const patch = (uri: string, body: object | string, more: Record<string, string> = {}): Promise<Reply> =>
  client.call('PATCH', uri, {
    headers: { 'Content-Type': 'application/merge-patch+json', ...more },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
/** Says a head, and the body once that is asked for. @returns all that was heard */
const talk = (head: string[], body: Buffer): Promise<string> =>
  new Promise((resolve) => {
    const { port, hostname } = new URL(client.origin);
    const socket = net.connect(Number(port), hostname);
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (heard === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write(body);
    });
    socket.once('close', () => resolve(heard));
    socket.write([...head, 'Host: localhost', 'Connection: close', 'Expect: 100-continue', '', ''].join('\r\n'));
  });
const count = async (): Promise<number> => {
  let pages = 0;
  let page = await client.get('/images?limit=100');
  for (; page.json.links.next !== undefined; pages += 1) page = await client.get(page.json.links.next);
  return pages * 100 + page.json.items.length;
};
const incoming = (): Promise<string[]> => readdir(join(service.dataDir, 'blobs', 'incoming'));

describe('POST /images', () => {
  test('stores raw bytes: 201 with Location, ETag and what the header of the image says', async () => {
    const bytes = await jpeg({ width: 80, height: 60 });
    const reply = await client.post('/images?name=first.jpg', bytes, { 'Content-Type': 'image/jpeg' });
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({
      name: 'first.jpg',
      mediaType: 'image/jpeg',
      width: 80,
      height: 60,
      pages: 1,
      bytes: bytes.length,
    });
    expect(reply.json.digest).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(reply.headers.location).toBe(`${client.origin}/images/${reply.json.id}`);
    expect(reply.headers['cache-control']).toBe('no-store');
    const got = await client.get(reply.headers.location ?? '');
    expect(got.headers.etag).toBe(reply.headers.etag);
  });

  test('takes a form with a name', async () => {
    const reply = await client.postForm('/images', {
      name: 'form.png',
      image: { filename: 'x', mediaType: 'image/png', bytes: await png() },
    });
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({ name: 'form.png', mediaType: 'image/png' });
  });

  test('takes multipart/related, the image first and the description named by start', async () => {
    const { contentType, body } = related(
      [
        { mediaType: 'image/png', bytes: await png({ seed: 7 }) },
        {
          mediaType: 'application/json',
          contentId: 'about',
          bytes: '{"name":"related.png","labels":{"album":"summer"}}',
        },
      ],
      '; type="application/json"; start="<about>"',
    );
    const reply = await client.post('/images', body, { 'Content-Type': contentType });
    expect(reply.status).toBe(201);
    expect(reply.json).toMatchObject({ name: 'related.png', labels: { album: 'summer' } });
  });

  test('tells the type from the bytes, whatever Content-Type says', async () => {
    const reply = await client.post('/images', await png({ seed: 8 }), { 'Content-Type': 'image/jpeg' });
    expect(reply.json.mediaType).toBe('image/png');
  });

  test('leads to the image that has the same bytes: 303; a new name makes a new image of them', async () => {
    const { uri, bytes } = await stored();
    const again = await client.post('/images', bytes, { 'Content-Type': 'image/jpeg' });
    expect([again.status, again.headers.location]).toEqual([303, uri]);
    const named = await client.post('/images?name=again.jpg', bytes, { 'Content-Type': 'image/jpeg' });
    expect(named.status).toBe(201);
    expect(named.headers.location).not.toBe(uri);
  });

  test('refuses a taken name with 409 and links the image that holds it', async () => {
    const { uri } = await stored('taken.jpg');
    const reply = await client.post('/images?name=taken.jpg', await jpeg({ seed: 9 }), {
      'Content-Type': 'image/jpeg',
    });
    expect(reply.status).toBe(409);
    expect(reply.headers.link).toBe(`<${uri}>; rel="related"`);
  });

  test('of 50 simultaneous creations of a name exactly one gets 201, the others 409', async () => {
    const pictures = await Promise.all(Array.from({ length: 50 }, (_, index) => jpeg({ seed: 1000 + index })));
    const replies = await Promise.all(
      pictures.map((bytes) => client.post('/images?name=race', bytes, { 'Content-Type': 'image/jpeg' })),
    );
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array<number>(49).fill(409)]);
  });

  test('of 20 simultaneous creations of the same bytes exactly one gets 201, the others 303 to it', async () => {
    const bytes = await jpeg({ seed: 2000 });
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => client.post('/images', bytes, { 'Content-Type': 'image/jpeg' })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(303)]);
    expect(new Set(replies.map(({ headers }) => headers.location)).size).toBe(1);
  });

  test('refuses what is no image: 422, and keeps nothing of it', async () => {
    const reply = await client.post('/images', 'just a text', { 'Content-Type': 'image/png' });
    expect([reply.status, reply.json.detail]).toEqual([422, 'Invalid image format.']);
    expect(await incoming()).toEqual([]);
  });

  test('refuses more pixels than the limit, by the header alone', async () => {
    const reply = await client.post(
      '/images',
      await png({ width: 400, height: 300 }).then((bytes) => bytes.subarray(0, 150_000)),
      { 'Content-Type': 'image/png' },
    );
    expect(reply.status).toBe(422);
    expect(reply.json.type).toMatch(/image-too-large$/);
    expect(reply.json.detail).toMatch(/0\.1 megapixels/);
  });

  test('refuses more bytes than the limit: by Content-Length at once, and in mid-stream', async () => {
    const big = Buffer.alloc(2_000_000, 1);
    const announced = await client.post('/images', big, { 'Content-Type': 'image/png' });
    expect([announced.status, announced.headers.connection]).toEqual([413, 'close']);
    const streamed = await client.call('POST', '/images', {
      headers: { 'Content-Type': 'image/png' },
      body: Readable.from([big]),
    });
    expect([streamed.status, streamed.json.limit]).toEqual([413, 200_000]);
    const { contentType, body } = formData({
      image: { filename: 'x', mediaType: 'image/png', bytes: Buffer.alloc(300_000) },
    });
    const inForm = await client.post('/images', body, { 'Content-Type': contentType });
    expect(inForm.status).toBe(413);
    expect(await incoming()).toEqual([]);
  });

  test('refuses an unknown form field, a wrong name, and a digest that is not that of the bytes', async () => {
    const image = { filename: 'x', mediaType: 'image/png', bytes: await png({ seed: 11 }) };
    const unknown = await client.postForm('/images', { image, nmae: 'x' });
    expect([unknown.status, unknown.json.errors]).toEqual([400, [expect.objectContaining({ pointer: '/nmae' })]]);
    const wrong = await client.postForm('/images', { image, name: 'x'.repeat(201) });
    expect([wrong.status, wrong.json.errors]).toEqual([422, [expect.objectContaining({ pointer: '/name' })]]);
    const missing = await client.postForm('/images', { name: 'x' });
    expect(missing.status).toBe(422);
    const digest = `sha-256=:${createHash('sha256').update('other').digest('base64')}:`;
    const mismatch = await client.post('/images', image.bytes, {
      'Content-Type': 'image/png',
      'Content-Digest': digest,
    });
    expect([mismatch.status, mismatch.json.type]).toEqual([400, expect.stringMatching(/digest-mismatch$/)]);
    expect(await incoming()).toEqual([]);
  });

  test('a client that goes away mid-upload leaves nothing', async () => {
    const before = await count();
    const { port, hostname } = new URL(client.origin);
    const socket = net.connect(Number(port), hostname);
    socket.write(
      `POST /images HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: image/png\r\nContent-Length: 100000\r\n\r\n`,
    );
    socket.write(Buffer.alloc(50_000));
    while ((await incoming()).length === 0) await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    while ((await incoming()).length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await count()).toBe(before);
  });

  test('Expect: 100-continue: a refusal by headers comes without 100, a wanted body is asked for', async () => {
    const refused = await talk(
      ['POST /images HTTP/1.1', 'Content-Type: text/plain', 'Content-Length: 5'],
      Buffer.from('hello'),
    );
    expect(refused).toMatch(/^HTTP\/1.1 415 /);
    const bytes = await png({ seed: 12 });
    const taken = await talk(
      ['POST /images HTTP/1.1', 'Content-Type: image/png', `Content-Length: ${bytes.length}`],
      bytes,
    );
    expect(taken).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 201 /);
  });

  test('Expect: what else there may be is refused, with a problem', async () => {
    const reply = await client.call('POST', '/images', {
      headers: { Expect: 'a-wonder', 'Content-Type': 'image/png' },
    });
    expect([reply.status, reply.json.type, reply.json.errors]).toEqual([
      417,
      `${client.origin}/problems/expectation-failed`,
      [{ header: 'Expect', detail: 'only 100-continue is known' }],
    ]);
  });

  test.each([
    ['more raw bytes than are taken', ['Content-Type: image/png', 'Content-Length: 200001'], 413],
    ['a form without a boundary', ['Content-Type: multipart/form-data', 'Content-Length: 5'], 400],
    ['a related body without one', ['Content-Type: multipart/related', 'Content-Length: 5'], 400],
  ])('Expect: 100-continue: %s needs no content to be refused', async (_name, fields, status) => {
    const refused = await talk(['POST /images HTTP/1.1', ...fields], Buffer.alloc(200_001));
    expect(refused).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test('a form field comes once, and its name is that of the query where both are given', async () => {
    const image = await png({ seed: 13 });
    const form = (names: string[]): Buffer =>
      Buffer.concat([
        ...names.map((name) => Buffer.from(`--xyz\r\nContent-Disposition: form-data; name="name"\r\n\r\n${name}\r\n`)),
        Buffer.from('--xyz\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\n'),
        image,
        Buffer.from('\r\n--xyz--\r\n'),
      ]);
    const send = (query: string, names: string[]) =>
      client.post(`/images${query}`, form(names), { 'Content-Type': 'multipart/form-data; boundary=xyz' });
    const repeated = await send('', ['a', 'b']);
    expect([repeated.status, repeated.json.type]).toEqual([400, expect.stringMatching(/malformed-body$/)]);
    const other = await send('?name=b', ['a']);
    expect([other.status, other.json.errors]).toEqual([422, [expect.objectContaining({ pointer: '/name' })]]);
    expect((await send('?name=a', ['a'])).json.name).toBe('a');
    expect(await incoming()).toEqual([]);
  });

  test('the description beside an image is JSON, else 415', async () => {
    const parts = [
      { mediaType: 'application/xml', bytes: '<image/>' },
      { mediaType: 'image/png', bytes: await png({ seed: 14 }) },
    ];
    const { contentType, body } = related(parts, '; type="application/xml"');
    const reply = await client.post('/images', body, { 'Content-Type': contentType });
    expect([reply.status, reply.json.type]).toEqual([415, expect.stringMatching(/unsupported-media-type$/)]);
    expect(await incoming()).toEqual([]);
  });

  test('a child that dies while it looks at an image is replaced, and the image is looked at again', async () => {
    const processing = service.app.get(Processing, { strict: false });
    await processing.warm();
    // One is left, which then has the image.
    for (const pid of processing.pids.slice(1)) process.kill(pid, 'SIGKILL');
    while (processing.pids.length > 1) await new Promise((resolve) => setTimeout(resolve, 5));
    const uploaded = png({ seed: 15 }).then((bytes) => client.post('/images', bytes, { 'Content-Type': 'image/png' }));
    for (const pid of processing.pids) process.kill(pid, 'SIGSTOP');
    while ((await incoming()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const pid of processing.pids) process.kill(pid, 'SIGKILL');
    expect((await uploaded).status).toBe(201);
  });

  test('an image that could not be looked at, since the process is about to end, is no fault of its sender: 503', async () => {
    const images = service.app.get(ImagesService, { strict: false });
    const receive = images.receive.bind(images);
    const stopped = { ok: false, reason: 'aborted', detail: 'It was cancelled.' } as const;
    images.receive = async (...given) => ({ ...(await receive(...given)), inspection: stopped });
    try {
      const reply = await client.post('/images', await png({ seed: 16 }), { 'Content-Type': 'image/png' });
      expect([reply.status, reply.json.type]).toEqual([503, expect.stringMatching(/draining$/)]);
      expect(reply.headers['retry-after']).toBeDefined();
      const operations = JSON.stringify({ operations: [{ operation: 'flip' }] });
      const task = await client.postForm('/images/tasks', {
        task: operations,
        image: { filename: 'x', mediaType: 'image/png', bytes: await png({ seed: 16 }) },
      });
      expect(task.status).toBe(503);
    } finally {
      images.receive = receive;
    }
    expect(await incoming()).toEqual([]);
  });
});

describe('PUT /images/{id}', () => {
  test('refuses what POST refuses', async () => {
    const put = async (body: Buffer, headers: Record<string, string>, query = '') => {
      const uri = (await client.call('POST', '/images')).headers.location ?? '';
      return client.call('PUT', uri + query, { headers, body });
    };
    const type = { 'Content-Type': 'image/png' };
    const bytes = await png({ seed: 71 });
    const large = (await png({ width: 400, height: 300 })).subarray(0, 150_000);
    expect((await put(large, type)).json.type).toMatch(/image-too-large$/);
    const digest = `sha-256=:${createHash('sha256').update('other').digest('base64')}:`;
    expect((await put(bytes, { ...type, 'Content-Digest': digest })).json.type).toMatch(/digest-mismatch$/);
    const image = { filename: 'x', mediaType: 'image/png', bytes };
    const unknown = formData({ image, colour: 'red' });
    expect((await put(unknown.body, { 'Content-Type': unknown.contentType })).json.type).toMatch(/unknown-member$/);
    const long = formData({ image, name: 'x'.repeat(201) });
    expect((await put(long.body, { 'Content-Type': long.contentType })).json.type).toMatch(/invalid-member$/);
  });
});

describe('GET /images', () => {
  test('lists newest first, in pages that lead on and back', async () => {
    const uris: string[] = [];
    for (let index = 0; index < 5; index += 1) uris.unshift((await stored()).uri);
    const first = await client.get('/images?limit=2');
    expect(first.json.items.map((item: { links: { self: string } }) => item.links.self)).toEqual(uris.slice(0, 2));
    expect(first.json.links.prev).toBeUndefined();
    expect(first.headers.link).toContain(`<${first.json.links.next}>; rel="next"`);
    const second = await client.get(first.json.links.next);
    expect(second.json.items.map((item: { links: { self: string } }) => item.links.self)).toEqual(uris.slice(2, 4));
    const back = await client.get(second.json.links.prev);
    expect(back.json.items).toEqual(first.json.items);
  });

  test('filters by media type, name and time', async () => {
    const { id } = await stored('filtered.jpg');
    expect((await client.get('/images?name=filtered.jpg')).json.items).toEqual([expect.objectContaining({ id })]);
    const { items } = (await client.get('/images?mediaType=image/png&limit=100')).json;
    expect(items.length).toBeGreaterThan(0);
    expect(items.every((item: { mediaType: string }) => item.mediaType === 'image/png')).toBe(true);
    const { json: image } = await client.get(`/images/${id}`);
    const listed = async (query: string) => {
      const found: { id: string }[] = (await client.get(`/images?name=filtered.jpg&${query}`)).json.items;
      return found.map((item) => item.id);
    };
    const [before, after] = [-1000, 1000].map((ms) => new Date(Date.parse(image.created) + ms).toISOString());
    expect(await listed(`createdAfter=${before}&createdBefore=${after}`)).toEqual([id]);
    expect(await listed(`createdAfter=${after}`)).toEqual([]);
    expect(await listed(`createdBefore=${before}`)).toEqual([]);
    expect(await listed(`createdBefore=${after?.replace('Z', '%2B00:00')}`)).toEqual([id]);
  });

  test.each([
    ['name=50%', '?name=50%25'],
    ['name=[a]|{b}', '?name=%5Ba%5D%7C%7Bb%7D'],
  ])('?%s is looked for as it is, and its link is a URI', async (query, search) => {
    const reply = await client.get(`/images?${query}`);
    expect([reply.status, reply.json.links.self]).toEqual([200, `${client.origin}/images${search}`]);
  });

  test('names the parameter that is wrong', async () => {
    const reply = await client.get('/images?limit=1000&createdAfter=yesterday&sort=up');
    expect(reply.status).toBe(400);
    expect(reply.json.errors.map(({ parameter }: { parameter: string }) => parameter).sort()).toEqual([
      'createdAfter',
      'limit',
      'sort',
    ]);
    expect((await client.get('/images?cursor=nonsense')).json.errors).toEqual([
      expect.objectContaining({ parameter: 'cursor' }),
    ]);
  });

  test.each([
    'name=%00',
    'mediaType=%00',
    'name=a&name=%00',
    '__proto__=1',
    'constructor=1',
    'toString=1',
    'createdAfter=-271821-04-20T00:00:00Z',
    'createdAfter=5',
    'createdBefore=2026-02-30T00:00:00Z',
  ])('?%s cannot be looked for: 400', async (query) => {
    const reply = await client.get(`/images?${query}`);
    expect([reply.status, reply.json.errors]).toEqual([
      400,
      [expect.objectContaining({ parameter: query.split('=')[0] })],
    ]);
  });

  test('what a GET says of content that it has not does not choose the form of its answer', async () => {
    const { headers } = await client.get('/images', { 'Content-Type': 'application/xml' });
    expect(headers['content-type']).toBe('application/json');
    const missing = await client.get('/images/nothing', { 'Content-Type': 'application/xml' });
    expect(missing.headers['content-type']).toBe('application/problem+json');
  });
});

describe('an image', () => {
  test('is JSON, XML, or its bytes, by Accept', async () => {
    const { uri, bytes } = await stored();
    expect((await client.get(uri)).headers['content-type']).toBe('application/json');
    const xml = await client.get(uri, { Accept: 'application/xml' });
    expect(xml.text).toMatch(/<image [^>]*><id>.*<mediaType>image\/jpeg<\/mediaType>.*<atom:link rel="self"/);
    const image = await client.get(uri, { Accept: 'image/*' });
    expect([image.headers['content-type'], image.headers['content-location']]).toEqual([
      'image/jpeg',
      `${uri}/content`,
    ]);
    expect(image.bytes.equals(bytes)).toBe(true);
    expect(image.headers.vary).toBe('Accept');
  });

  test('names what there is when nothing of it is accepted', async () => {
    const { uri } = await stored();
    const reply = await client.get(uri, { Accept: 'image/png' });
    expect([reply.status, reply.json.available]).toEqual([
      406,
      ['application/json', 'application/xml', 'text/html', 'image/jpeg'],
    ]);
  });

  test('has strong tags, one for each form, and answers 304', async () => {
    const { uri } = await stored();
    const [json, xml] = [await client.get(uri), await client.get(uri, { Accept: 'application/xml' })];
    expect(json.headers.etag).toMatch(/^"[^"]+"$/);
    expect(json.headers.etag).not.toBe(xml.headers.etag);
    const again = await client.get(uri, { 'If-None-Match': `W/${json.headers.etag}` });
    expect([again.status, again.headers.etag, again.bytes.length]).toEqual([304, json.headers.etag, 0]);
  });

  test('is changed by a merge patch, if it is the version that was read', async () => {
    const { uri } = await stored();
    const { headers } = await client.get(uri);
    const changed = await patch(
      uri,
      { name: 'patched.jpg', labels: { a: '1', b: '2' } },
      { 'If-Match': headers.etag ?? '' },
    );
    expect([changed.status, changed.json.name, changed.json.labels]).toEqual([200, 'patched.jpg', { a: '1', b: '2' }]);
    expect((await patch(uri, { labels: { c: '3' } }, { 'If-Match': headers.etag ?? '' })).status).toBe(412);
    expect((await patch(uri, { labels: { a: null, c: '3' } })).json.labels).toEqual({ b: '2', c: '3' });
    expect((await patch(uri, { name: null })).json.name).toBeUndefined();
    expect((await patch(uri, { expires: '2100-01-01T00:00:00Z' })).json.expires).toBe('2100-01-01T00:00:00.000Z');
    expect((await patch(uri, { width: 5 })).status).toBe(400);
    expect((await patch(uri, { labels: { 'bad key': 'x' } })).json.errors[0].pointer).toBe('/labels');
    await stored('holder.jpg');
    expect((await patch(uri, { name: 'holder.jpg' })).status).toBe(409);
  });

  test('loses all labels to a null, and never has more than 50', async () => {
    const { uri } = await stored();
    const many = (prefix: string, length: number) =>
      Object.fromEntries(Array.from({ length }, (_, index) => [`${prefix}${index}`, 'x']));
    expect((await patch(uri, { labels: many('a', 50) })).status).toBe(200);
    const more = await patch(uri, { labels: { b: 'x' } });
    expect([more.status, more.json.errors]).toEqual([422, [expect.objectContaining({ pointer: '/labels' })]]);
    expect((await patch(uri, { labels: { a0: null, b: 'x' } })).status).toBe(200);
    expect((await patch(uri, { labels: null })).json.labels).toEqual({});
  });

  test.each([
    ['{"labels":{"a":"\\u0000"}}', 422, '/labels/a'],
    ['{"labels":{"a":"\\ud800"}}', 400, undefined],
    ['{"expires":true}', 422, '/expires'],
    ['{"expires":5}', 422, '/expires'],
    ['{"expires":"2100-01-01"}', 422, '/expires'],
    ['{"expires":"9999-12-31T23:59:59-23:59"}', 422, '/expires'],
    ['{"expires":1e400}', 422, '/expires'],
    ['{"__proto__":{}}', 400, '/__proto__'],
    ['{"labels":{"constructor":"x"}}', 400, '/labels/constructor'],
    ['{"name":"a","n\\u0061me":"b"}', 400, undefined],
    [`{"labels":${'['.repeat(33)}${']'.repeat(33)}}`, 400, undefined],
    [`{"labels":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 400, undefined],
  ])('takes no patch like %.40s', async (body, status, pointer) => {
    const { uri } = await stored();
    const reply = await patch(uri, body);
    expect([reply.status, reply.json.errors?.[0].pointer]).toEqual([status, pointer]);
  });

  test('takes a patch with a byte order mark', async () => {
    const { uri } = await stored();
    expect((await patch(uri, '\uFEFF{"labels":{"a":"1"}}')).json.labels).toEqual({ a: '1' });
  });

  test('loses no label to simultaneous patches', async () => {
    const { uri } = await stored();
    const keys = Array.from({ length: 10 }, (_, index) => `key${index}`);
    await Promise.all(
      keys.map((key) =>
        client.call('PATCH', uri, {
          headers: { 'Content-Type': 'application/merge-patch+json' },
          body: JSON.stringify({ labels: { [key]: 'x' } }),
        }),
      ),
    );
    expect(Object.keys((await client.get(uri)).json.labels).sort()).toEqual(keys);
  });

  test('is deleted once', async () => {
    const { uri } = await stored();
    expect((await client.call('DELETE', uri, { headers: { 'If-Match': '"other"' } })).status).toBe(412);
    expect((await client.call('DELETE', uri)).status).toBe(204);
    expect((await client.call('DELETE', uri)).status).toBe(404);
    expect((await client.get(uri)).status).toBe(404);
  });
});

describe('the content of an image', () => {
  test('is what was stored, with its digest, and never run', async () => {
    const { uri, bytes } = await stored('con"tent.jpg');
    const reply = await client.get(`${uri}/content`);
    expect(reply.bytes.equals(bytes)).toBe(true);
    expect(reply.headers).toMatchObject({
      'repr-digest': `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`,
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': 'inline; filename="con\\"tent.jpg"',
    });
    const conditional = await client.get(`${uri}/content`, { 'If-None-Match': reply.headers.etag ?? '' });
    expect(conditional.status).toBe(304);
    expect(
      (await client.get(`${uri}/content`, { 'If-Modified-Since': reply.headers['last-modified'] ?? '' })).status,
    ).toBe(304);
  });

  test('is sent in ranges, one or several', async () => {
    const { uri, bytes } = await stored();
    const range = (Range: string, more = {}) => client.get(`${uri}/content`, { Range, ...more });
    const one = await range('bytes=10-19');
    expect([one.status, one.headers['content-range']]).toEqual([206, `bytes 10-19/${bytes.length}`]);
    expect(one.bytes.equals(bytes.subarray(10, 20))).toBe(true);
    expect((await range('bytes=-5')).bytes.equals(bytes.subarray(-5))).toBe(true);
    const several = await range('bytes=0-3,10-13');
    expect(several.headers['content-type']).toMatch(/^multipart\/byteranges; boundary=/);
    expect(several.text).toContain(`Content-Range: bytes 10-13/${bytes.length}`);
    expect(Number(several.headers['content-length'])).toBe(several.bytes.length);
    const outside = await range(`bytes=${bytes.length}-`);
    expect([outside.status, outside.headers['content-range']]).toEqual([416, `bytes */${bytes.length}`]);
    expect((await range('bytes=0-3', { 'If-Range': '"another"' })).status).toBe(200);
    expect((await range('bytes=0-3', { 'If-Range': one.headers.etag })).status).toBe(206);
    expect((await range('pages=1-2')).status).toBe(200);
    expect((await range('pages=999999-')).status).toBe(200);
    for (const all of ['bytes=-999999', 'BYTES=0-', 'bytes=0-2,-999999']) {
      const whole = await range(all);
      expect([whole.status, whole.headers['content-range']]).toEqual([
        206,
        `bytes 0-${bytes.length - 1}/${bytes.length}`,
      ]);
      expect(whole.bytes.equals(bytes)).toBe(true);
    }
    const modified = one.headers['last-modified'] ?? '';
    expect((await range('bytes=0-3', { 'If-Range': modified })).status).toBe(206);
    expect((await range('bytes=0-3', { 'If-Range': new Date(modified).toISOString() })).status).toBe(200);
    expect((await client.get(uri, { Accept: 'image/jpeg', Range: 'bytes=0-3' })).status).toBe(206);
    expect((await client.get(uri, { Accept: 'image/jpeg', Range: 'bytes=9999999-' })).status).toBe(416);
  });

  test('that is gone from the disk is a fault of ours: a 500 problem, with nothing of the content about it', async () => {
    const { uri, bytes } = await stored();
    const digest = createHash('sha256').update(bytes).digest('hex');
    await unlink(join(service.dataDir, 'blobs', digest.slice(0, 2), digest));
    for (const headers of [{}, { Range: 'bytes=0-3' }, { Range: 'bytes=0-3,10-13' }] as Record<string, string>[]) {
      const reply = await client.get(`${uri}/content`, headers);
      expect([reply.status, reply.json.type]).toEqual([500, expect.stringMatching(/internal-error$/)]);
      expect(reply.json.requestId).toBeDefined();
      for (const name of ['etag', 'content-range', 'last-modified', 'repr-digest'])
        expect(reply.headers).not.toHaveProperty(name);
    }
  });

  test('lies on disk once, however many images share it', async () => {
    const { bytes } = await stored();
    await client.post('/images?name=shared-one', bytes, { 'Content-Type': 'image/jpeg' });
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(await readdir(join(service.dataDir, 'blobs', digest.slice(0, 2)))).toContain(digest);
    expect(await incoming()).toEqual([]);
  });
});
