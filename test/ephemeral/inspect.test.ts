import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { thumbHashToAverageRGBA } from 'thumbhash';
import { type Client, formData, related, type Reply } from '../support/client.js';
import { keptBy } from '../support/nothing-left.js';
import { jpeg, png } from '../support/pictures.js';
import { Service } from '../support/service.js';

let service: Service;
let client: Client;
let before: object;

beforeAll(async () => {
  service = await Service.start({ environment: { PIXELS_MAX: '100000', UPLOAD_BYTES_MAX: '200000' } });
  client = service.client;
  before = await keptBy(service);
});
afterAll(async () => {
  // Whatever was asked and refused here, nothing of it is left.
  expect(await keptBy(service)).toEqual(before);
  await service.stop();
});

const inspect = (bytes: Buffer, headers: Record<string, string> = {}) =>
  client.post('/images/inspect', bytes, { 'Content-Type': 'image/jpeg', ...headers });

describe('POST /images/inspect', () => {
  test('tells what the header, the bytes and the pixels tell, and stores nothing', async () => {
    const bytes = await jpeg({ width: 80, height: 60 });
    const reply = await inspect(bytes);
    expect([reply.status, reply.headers['cache-control'], reply.headers.location]).toEqual([
      200,
      'no-store',
      undefined,
    ]);
    expect(reply.json).toEqual({
      ...{ mediaType: 'image/jpeg', width: 80, height: 60, pages: 1, bytes: bytes.length },
      ...{
        digest: createHash('sha256').update(bytes).digest('hex'),
        depth: 8,
        colourSpace: 'rgb',
        transparency: false,
      },
      density: 72,
      colours: expect.any(Array),
      thumbhash: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
      hash: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(await keptBy(service)).toEqual(before);
  });

  test('tells the same of the same bytes in each form of body, and in XML for who wants XML', async () => {
    const bytes = await png();
    const raw = await inspect(bytes);
    const form = formData({ name: 'a.png', image: { filename: 'a.png', mediaType: 'image/png', bytes } });
    const compound = related([
      { mediaType: 'application/json', bytes: '{"name":"a.png","labels":{"album":"summer"}}' },
      { mediaType: 'image/png', bytes },
    ]);
    for (const { contentType, body } of [form, compound]) {
      expect((await inspect(body, { 'Content-Type': contentType })).json).toEqual(raw.json);
    }
    const xml = await inspect(bytes, { Accept: 'application/xml' });
    expect(xml.headers['content-type']).toBe('application/xml; charset=utf-8');
    expect(xml.text).toContain(`<digest>${raw.json.digest}</digest>`);
    expect(xml.text).toMatch(/<colours><item><hex>#[0-9a-f]{6}<\/hex>/);
  });

  test('the hash is that of a stored image', async () => {
    const bytes = await jpeg({ seed: 9 });
    const other = await Service.start();
    try {
      await other.startWorker();
      const { id } = (await other.client.post('/images', bytes, { 'Content-Type': 'image/jpeg' })).json;
      let stored: Reply['json'];
      do [stored] = (await other.client.post('/images/search', { ids: [id] })).json.items;
      while (stored.hash === undefined);
      expect((await inspect(bytes)).json.hash).toBe(stored.hash);
    } finally {
      await other.stop();
    }
  });

  test('decodes what cameras note, coordinates as decimal degrees', async () => {
    const bytes = await sharp(await jpeg())
      .withExif({
        IFD0: { Make: 'Maker', Model: 'Model 1', Artist: 'Ada', Copyright: 'free' },
        IFD2: {
          ...{ DateTimeOriginal: '2026:05:01 12:30:00', OffsetTimeOriginal: '+02:00', LensModel: 'Lens' },
          ...{ ExposureTime: '1/250', FNumber: '28/10', ISOSpeedRatings: '400', FocalLength: '350/10', Flash: '1' },
        },
        IFD3: {
          ...{ GPSLatitudeRef: 'S', GPSLatitude: '33/1 51/1 3060/100', GPSLongitudeRef: 'E' },
          ...{ GPSLongitude: '151/1 12/1 5400/100', GPSAltitude: '125/10' },
        },
      })
      .jpeg()
      .toBuffer();
    expect((await inspect(bytes)).json.exif).toMatchObject({
      ...{ make: 'Maker', model: 'Model 1', artist: 'Ada', copyright: 'free', lens: 'Lens' },
      ...{ taken: '2026-05-01T12:30:00+02:00', exposureSeconds: 0.004, fNumber: 2.8, iso: 400, focalLengthMm: 35 },
      flash: true,
      location: { latitude: -33.8585, longitude: 151.215, altitude: 12.5 },
    });
  });

  test('names the profile', async () => {
    const bytes = await sharp(await jpeg())
      .withIccProfile('p3')
      .jpeg()
      .toBuffer();
    expect((await inspect(bytes)).json.profile).toEqual({ description: 'sP3C', space: 'RGB', version: '4.2' });
  });

  test('the colours are those of the picture, with their shares; what is transparent has none', async () => {
    const raw = { width: 100, height: 50, channels: 4 as const };
    const data = Buffer.from(
      Array.from({ length: raw.width * raw.height }, (_, at) => {
        const column = at % raw.width;
        if (column < 20) return [0, 255, 0, 0];
        return column < 80 ? [255, 0, 0, 255] : [0, 0, 255, 255];
      }).flat(),
    );
    const { colours, thumbhash, transparency } = (await inspect(await sharp(data, { raw }).png().toBuffer())).json;
    expect(transparency).toBe(true);
    expect(colours).toEqual([
      { hex: '#ff0000', share: 0.75 },
      { hex: '#0000ff', share: 0.25 },
    ]);
    const { r, g, b, a } = thumbHashToAverageRGBA(Buffer.from(thumbhash, 'base64'));
    expect([r > b, b > g, a < 1]).toEqual([true, true, true]);
  });

  test('an orientation of EXIF is told and not applied; frames and their pace are counted', async () => {
    const turned = await sharp(await jpeg())
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect((await inspect(turned)).json).toMatchObject({ width: 64, height: 48, exif: { orientation: 6 } });
    const frames = await Promise.all([1, 2, 3].map((seed) => jpeg({ seed })));
    const animation = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [100, 200, 300] })
      .toBuffer();
    expect((await inspect(animation)).json).toMatchObject({ pages: 3, height: 48, delays: [100, 200, 300] });
  });

  test('HEIC has colours and no hash', async () => {
    const { json } = await inspect(await readFile('test/fixtures/quarters.heic'));
    expect(json).toMatchObject({ mediaType: 'image/heic', colours: expect.any(Array) });
    expect(json.hash).toBeUndefined();
  });

  test('an image whose pixels are damaged still tells its header', async () => {
    const bytes = await png({ width: 100, height: 100 });
    bytes.fill(0xff, 5_000, 9_000);
    const { status, json } = await inspect(bytes);
    expect([status, json.width, json.colours, json.thumbhash, json.hash]).toEqual([
      200,
      100,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('POST /images/inspect refuses', () => {
  test('what is no image, too many pixels, and a format that is off', async () => {
    const refusals = [
      [Buffer.from('no image at all'), 422, 'unreadable-image'],
      [
        await sharp({ create: { width: 400, height: 300, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
        422,
        'image-too-large',
      ],
      [Buffer.from('%PDF-1.7\n'), 415, 'unsupported-media-type'],
    ] as const;
    for (const [bytes, status, slug] of refusals) {
      const reply = await inspect(bytes);
      expect([reply.status, reply.json.type]).toEqual([status, expect.stringContaining(slug)]);
    }
  });

  test('a name in the query that an image may not have; one that it may have is of no consequence', async () => {
    const named = async (query: string): Promise<Reply> =>
      client.post(`/images/inspect${query}`, await png(), { 'Content-Type': 'image/png' });
    expect((await named('?name=a')).status).toBe(200);
    const refused = await named(`?name=${'a'.repeat(300)}`);
    expect([refused.status, refused.json.errors[0].parameter]).toEqual([400, 'name']);
  });

  test('a body without an image, with an unknown member, with another digest, or too long', async () => {
    const none = formData({ name: 'a' });
    const image = { filename: 'a', mediaType: 'image/png', bytes: await png() };
    const unknown = formData({ image, nonsense: '1' });
    const labels = related([
      { mediaType: 'application/json', bytes: '{"name":""}' },
      { mediaType: 'image/png', bytes: image.bytes },
    ]);
    expect((await inspect(none.body, { 'Content-Type': none.contentType })).json.type).toContain('invalid-member');
    expect((await inspect(unknown.body, { 'Content-Type': unknown.contentType })).json.type).toContain(
      'unknown-member',
    );
    expect((await inspect(labels.body, { 'Content-Type': labels.contentType })).json.type).toContain('invalid-member');
    const digest = `sha-256=:${createHash('sha256').update('other').digest('base64')}:`;
    expect((await inspect(image.bytes, { 'Content-Digest': digest })).json.type).toContain('digest-mismatch');
    expect((await inspect(await png({ width: 400, height: 400 }))).status).toBe(413);
  });
});
