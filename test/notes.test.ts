import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { freshSeconds } from '../src/notes/notes.contract.js';
import { notesMax, textCharactersMax } from '../src/notes/note.js';
import { Cache } from './support/cache.js';
import { Client, type Reply } from './support/client.js';
import { asBrowser, checkPage } from './support/page-check.js';
import { jpeg } from './support/pictures.js';
import { Service } from './support/service.js';

let service: Service;
let client: Client;
beforeAll(async () => {
  service = await Service.start();
  client = service.client;
});
afterAll(() => service.stop());

let seed = 0;
/** The notes of an image of its own. */
const anImage = async (): Promise<string> => `/images/${await service.store(await jpeg({ seed: (seed += 1) }))}/notes`;
const textsOf = ({ json }: Reply): string[] => json.items.map(({ text }: { text: string }) => text);
const fresh = `private, max-age=${freshSeconds}`;

describe('POST to the notes of an image', () => {
  test('appends to the list, and answers with all of it, at its own URI and for a while', async () => {
    const notes = await anImage();
    const first = await client.post(notes, { text: 'The horizon hangs.', author: 'Ada' });
    expect([first.status, first.json]).toEqual([
      200,
      {
        items: [{ number: 1, text: 'The horizon hangs.', author: 'Ada', created: expect.any(String) }],
        links: { self: client.origin + notes, image: client.origin + notes.replace('/notes', '') },
      },
    ]);
    expect(first.headers).toMatchObject({
      'content-location': client.origin + notes,
      'cache-control': fresh,
      vary: 'Accept',
      etag: expect.stringMatching(/^"[^"]+"$/),
    });
    expect(first.headers.location).toBeUndefined();
    const second = await client.post(notes, { text: 'Not any more.' });
    expect(textsOf(second)).toEqual(['The horizon hangs.', 'Not any more.']);
    expect(second.headers.etag).not.toBe(first.headers.etag);
    const list = await client.get(notes);
    expect([list.status, list.text, list.headers.etag]).toEqual([200, second.text, second.headers.etag]);
    expect(list.headers['cache-control']).toBe('no-cache');
    expect((await client.get(notes, { 'If-None-Match': second.headers.etag ?? '' })).status).toBe(304);
  });

  test.each([
    ['JSON', 'application/json', '{"text":"two\\nlines","author":"Ada"}', 'Ada'],
    ['XML', 'application/xml', '<note><text>two\nlines</text><author>Ada</author></note>', 'Ada'],
    ['a form', 'application/x-www-form-urlencoded', 'text=two%0D%0Alines&author=Ada', 'Ada'],
    ['a form with an empty field', 'application/x-www-form-urlencoded', 'text=two%0D%0Alines&author=', undefined],
    ['plain text', 'text/plain', 'two\r\nlines\r\n', undefined],
    ['plain text in UTF-16', 'text/plain; charset=utf-16le', Buffer.from('two\nlines', 'utf16le'), undefined],
  ])('takes %s', async (_name, type, body, author) => {
    const reply = await client.post(await anImage(), body, { 'Content-Type': type, Accept: 'application/json' });
    expect(reply.json.items).toEqual([
      { number: 1, text: 'two\nlines', ...(author && { author }), created: expect.any(String) },
    ]);
  });

  test('is fresh only in the form that a GET with the same Accept has', async () => {
    const notes = await anImage();
    const xml = { 'Content-Type': 'application/xml' };
    const body = '<note><text>n</text></note>';
    const spoken = await client.post(notes, body, xml);
    expect([spoken.headers['content-type'], spoken.headers['cache-control']]).toEqual([
      'application/xml; charset=utf-8',
      'no-store',
    ]);
    const asked = await client.post(notes, body, { ...xml, Accept: 'application/xml' });
    expect(asked.headers['cache-control']).toBe(fresh);
    expect((await client.get(notes, { Accept: 'application/xml' })).headers.etag).toBe(asked.headers.etag);
    const page = await client.post(notes, 'text=n', {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...asBrowser,
    });
    checkPage(page);
    expect([page.headers['cache-control'], page.headers.refresh]).toEqual([
      'no-store',
      `1; url=${client.origin}${notes}`,
    ]);
  });

  test.each([
    ['nothing', { text: '' }, 422, '/text'],
    ['white space', { text: ' \n ' }, 422, '/text'],
    ['too long a text', { text: 'x'.repeat(textCharactersMax + 1) }, 422, '/text'],
    ['a control character', { text: 'a\u0007' }, 422, '/text'],
    ['an author of two lines', { text: 'a', author: 'A\nB' }, 422, '/author'],
    ['a misspelt member', { text: 'a', auhtor: 'A' }, 400, '/auhtor'],
  ])('refuses %s by name', async (_name, body, status, pointer) => {
    const notes = await anImage();
    const reply = await client.post(notes, body);
    expect([reply.status, reply.json.errors[0].pointer]).toEqual([status, pointer]);
    expect((await client.get(notes)).json.items).toEqual([]);
  });

  test.each([
    '<memo><text>a</text></memo>',
    '<note>a</note>',
    '<note><text>a</text><text>b</text></note>',
    '<note><text><b>a</b></text></note>',
    '<note><text lang="en">a</text></note>',
  ])('refuses %s', async (body) => {
    const reply = await client.post(await anImage(), body, {
      'Content-Type': 'application/xml',
      Accept: 'application/json',
    });
    expect([reply.status, reply.json.type]).toEqual([400, expect.stringContaining('/problems/malformed-body')]);
  });

  test('keeps the longest text, in characters, to the last', async () => {
    const text = '𝄞'.repeat(textCharactersMax);
    expect(textsOf(await client.post(await anImage(), { text }))).toEqual([text]);
  });

  test('with If-Match appends to the list that was read, or not at all', async () => {
    const notes = await anImage();
    const { headers } = await client.get(notes);
    const read = { 'If-Match': headers.etag ?? '' };
    expect((await client.post(notes, { text: 'a' }, read)).status).toBe(200);
    const late = await client.post(notes, { text: 'b' }, read);
    expect([late.status, late.headers['cache-control']]).toEqual([412, 'no-store']);
    expect(late.headers.etag).toBe((await client.get(notes)).headers.etag);
    // Of ten that have read the same list one appends.
    const now = { 'If-Match': late.headers.etag ?? '' };
    const racing = await Promise.all(Array.from({ length: 10 }, () => client.post(notes, { text: 'c' }, now)));
    expect(racing.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(412)]);
    expect(textsOf(await client.get(notes))).toEqual(['a', 'c']);
  });

  test('without conditions loses none of many at once, and numbers them', async () => {
    const notes = await anImage();
    const texts = Array.from({ length: 20 }, (_, index) => `note ${index}`);
    await Promise.all(texts.map((text) => client.post(notes, { text })));
    const { items } = (await client.get(notes)).json;
    expect(items.map(({ number }: { number: number }) => number)).toEqual(texts.map((_, index) => index + 1));
    expect(items.map(({ text }: { text: string }) => text).sort()).toEqual(texts.sort());
  });

  test('ends at the limit, which the answer names', async () => {
    const notes = await anImage();
    // One after the other, each seen to be taken: how many may wait for one row at once is another question.
    for (let count = 0; count < notesMax; count += 1) {
      expect((await client.post(notes, { text: 'n' })).status).toBe(200);
    }
    const reply = await client.post(notes, { text: 'one more' });
    expect([reply.status, reply.json.detail]).toEqual([409, `The image has ${notesMax} notes already.`]);
    expect((await client.get(notes)).json.items).toHaveLength(notesMax);
  });

  test('under an Idempotency-Key appends once, and tells the list as it is now', async () => {
    const notes = await anImage();
    const key = { 'Idempotency-Key': '"a"' };
    await client.post(notes, { text: 'once' }, key);
    await client.post(notes, { text: 'meanwhile' });
    const again = await client.post(notes, { text: 'once' }, key);
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true', 'cache-control': fresh });
    expect(textsOf(again)).toEqual(['once', 'meanwhile']);
    expect(again.headers.etag).toBe((await client.get(notes)).headers.etag);
    expect((await client.post(notes, { text: 'other' }, key)).status).toBe(422);
    // The same note on a condition is another request; a repetition of that one has its own answer.
    const read = { 'If-Match': again.headers.etag ?? '' };
    expect((await client.post(notes, { text: 'once' }, { ...key, ...read })).status).toBe(422);
    const conditional = { 'Idempotency-Key': '"b"', ...read };
    for (const _ of [1, 2]) expect((await client.post(notes, { text: 'b' }, conditional)).status).toBe(200);
    const held = await service.holdKey(notes, 'c');
    const busy = await client.post(notes, { text: 'c' }, { 'Idempotency-Key': '"c"' });
    await held.release();
    expect([busy.status, busy.headers['retry-after']]).toEqual([409, '1']);
    expect(textsOf(await client.get(notes))).toEqual(['once', 'meanwhile', 'b']);
  });
});

test('the notes go with their image', async () => {
  const notes = await anImage();
  await client.post(notes, { text: 'a' });
  expect((await client.call('DELETE', notes.replace('/notes', ''))).status).toBe(204);
  expect((await client.get(notes)).status).toBe(404);
  expect((await client.post(notes, { text: 'b' })).status).toBe(404);
  const database = new pg.Client({ connectionString: service.database.url });
  await database.connect();
  const { rows } = await database.query('select count(*)::int from notes where image_id = $1', [notes.split('/')[2]]);
  await database.end();
  expect(rows).toEqual([{ count: 0 }]);
});

test('a page shows the notes as text, whatever they are, and appends one', async () => {
  const notes = await anImage();
  await client.post(notes, { text: '<b>bold</b>\nsecond line', author: '<i>' });
  const page = await client.get(notes, asBrowser);
  checkPage(page);
  expect(page.text).toContain('&#60;b&#62;bold&#60;/b&#62;\nsecond line');
  expect(page.text).toContain(`action="${notes}"`);
  expect((await client.get(notes.replace('/notes', ''), asBrowser)).text).toContain(`href="${notes}"`);
});

describe('a cache between client and service', () => {
  let cache: Cache;
  let cached: Client;
  beforeAll(async () => {
    cache = await Cache.start(client.origin);
    cached = new Client(cache.origin);
  });
  afterAll(() => cache.stop());

  /** What reaches the service while `work` is done. */
  const reaching = async (work: () => Promise<unknown>): Promise<string[]> => {
    const before = cache.forwarded.length;
    await work();
    return cache.forwarded.slice(before);
  };

  test('answers GET and HEAD with what a POST was answered', async () => {
    const notes = await anImage();
    const posted = await cached.post(notes, { text: 'kept' });
    const asked = await reaching(async () => {
      const got = await cached.get(notes);
      expect([got.status, got.text, got.headers.etag]).toEqual([200, posted.text, posted.headers.etag]);
      expect(Number(got.headers.age)).toBeLessThan(freshSeconds);
      const head = await cached.call('HEAD', notes);
      expect([head.status, head.headers.etag, head.bytes.length]).toEqual([200, posted.headers.etag, 0]);
    });
    expect(asked).toEqual([]);
  });

  test('sends every POST on, and keeps the answer of the latest', async () => {
    const notes = await anImage();
    await cached.post(notes, { text: 'a' });
    expect(await reaching(() => cached.post(notes, { text: 'b' }))).toEqual([`POST ${notes}`]);
    expect(await reaching(async () => expect(textsOf(await cached.get(notes))).toEqual(['a', 'b']))).toEqual([]);
  });

  test('asks again for another form, and when the time is over, by ETag', async () => {
    const notes = await anImage();
    await cached.post(notes, { text: 'a' });
    const xml = { Accept: 'application/xml' };
    expect(await reaching(() => cached.get(notes, xml))).toEqual([`GET ${notes}`]);
    await cached.post(notes, { text: 'b' });
    await client.post(notes, { text: 'past the cache' });
    cache.pass(freshSeconds - 1);
    expect(await reaching(() => cached.get(notes))).toEqual([]);
    cache.pass(2);
    const asked = await reaching(async () => expect(textsOf(await cached.get(notes))).toHaveLength(3));
    expect(asked).toEqual([`GET ${notes}`]);
  });

  test('keeps no other POST, and a refusal neither', async () => {
    const notes = await anImage();
    await cached.post(notes, { text: 'a' });
    // RFC 9111 4.4: what failed has changed nothing.
    expect((await cached.post(notes, { text: '' })).status).toBe(422);
    expect(await reaching(async () => expect(textsOf(await cached.get(notes))).toEqual(['a']))).toEqual([]);
    await cached.post('/reservations', {});
    expect(await reaching(() => cached.get('/reservations'))).toEqual(['GET /reservations']);
  });

  test('that others share keeps nothing: the answer is private', async () => {
    const shared = await Cache.start(client.origin, { shared: true });
    const notes = await anImage();
    const through = new Client(shared.origin);
    await through.post(notes, { text: 'a' });
    await through.get(notes);
    await shared.stop();
    expect(shared.forwarded).toEqual([`POST ${notes}`, `GET ${notes}`]);
  });
});
