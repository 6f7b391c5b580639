import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { Catalogue } from '../support/catalogue.js';
import { type Client, type Reply } from '../support/client.js';
import { Service } from '../support/service.js';

let service: Service;
let client: Client;
let catalogue: Catalogue;
/** Oldest first. */
const ids: string[] = [];

beforeAll(async () => {
  service = await Service.start({ environment: { QUERIES_MAX: '40', QUERY_SECONDS_MAX: '1' } });
  client = service.client;
  catalogue = await Catalogue.open(service.database.url);
  for (let index = 0; index < 7; index += 1)
    ids.push(await catalogue.add({ name: `page-${index}`, width: 10 + index }));
});
afterAll(async () => {
  await catalogue[Symbol.asyncDispose]();
  await service.stop();
});

const json = { 'Content-Type': 'application/json' };
const xml = { 'Content-Type': 'application/xml' };
const ask = (query: object | string, headers: Record<string, string> = json): Promise<Reply> =>
  client.call('QUERY', '/images', { headers, body: typeof query === 'string' ? query : JSON.stringify(query) });
const names = (reply: Reply): string[] => reply.json.items.map(({ name }: { name: string }) => name);

describe('QUERY /images', () => {
  test('answers 200 with the URI of the query, the URI of the result and a validator; POST /images/search the same', async () => {
    const query = { name: 'page-*', limit: 3 };
    const [asked, posted] = [await ask(query), await client.post('/images/search', query)];
    expect([asked.status, posted.status]).toEqual([200, 200]);
    expect(asked.json).toEqual(posted.json);
    const { location = '' } = asked.headers;
    expect(location).toMatch(new RegExp(`^${client.origin}/images/queries/[0-9a-f-]{36}$`));
    for (const { headers } of [asked, posted]) {
      expect(headers).toMatchObject({ location, 'content-location': `${location}?limit=3`, vary: 'Accept' });
      expect(headers.link).toContain('rel="next"');
    }
    expect([asked.headers['cache-control'], posted.headers['cache-control']]).toEqual(['no-cache', 'no-store']);
    expect([asked.headers.etag, posted.headers.etag]).toEqual([expect.stringMatching(/^"/), undefined]);
    // What Content-Location says: a GET there has this very result.
    const result = await client.get(asked.headers['content-location'] ?? '');
    expect([result.text, result.headers.etag]).toEqual([asked.text, asked.headers.etag]);
  });

  test('is conditional as a GET is: 304 to the tag of the same result, 412 where another was wanted', async () => {
    const first = await ask({ name: 'page-1' });
    const again = await ask({ name: 'page-1' }, { ...json, 'If-None-Match': first.headers.etag ?? '' });
    expect([again.status, again.bytes.length, again.headers.location]).toEqual([304, 0, first.headers.location]);
    const another = await ask({ name: 'page-2' }, { ...json, 'If-None-Match': first.headers.etag ?? '' });
    expect(another.status).toBe(200);
    expect((await ask({ name: 'page-1' }, { ...json, 'If-Match': '"x"' })).status).toBe(412);
  });

  test('is told of by OPTIONS and by 415, and wants a Content-Type', async () => {
    const types = 'application/json, application/xml, text/xml';
    const options = await client.call('OPTIONS', '/images');
    expect(options.headers).toMatchObject({ allow: 'GET, HEAD, OPTIONS, POST, QUERY', 'accept-query': types });
    const other = await ask('select', { 'Content-Type': 'application/sql' });
    expect([other.status, other.headers['accept-query']]).toEqual([415, types]);
    const none = await client.call('QUERY', '/images', { body: '{}' });
    expect([none.status, none.json.type]).toEqual([400, expect.stringContaining('malformed-request')]);
    expect(none.headers['accept-query']).toBe(types);
    const empty = await client.call('QUERY', '/images', { headers: json, body: '' });
    expect([empty.status, empty.json.type]).toEqual([400, expect.stringContaining('malformed-body')]);
    expect((await client.call('QUERY', '/images/tasks', { headers: json, body: '{}' })).status).toBe(405);
  });

  test('is answered while the process shuts down, for it is safe', async () => {
    service.draining = true;
    const reply = await ask({}).finally(() => {
      service.draining = false;
    });
    expect([reply.status, reply.headers.connection]).toEqual([200, 'close']);
  });

  test('changes nothing that was there', async () => {
    const before = (await client.get('/images')).text;
    await ask({ name: 'page-*' });
    expect((await client.get('/images')).text).toBe(before);
  });
});

describe('pages', () => {
  test('lead on to the end and back, each image once', async () => {
    const first = await ask({ name: 'page-?', limit: 3 });
    const second = await client.get(first.json.links.next);
    const third = await client.get(second.json.links.next);
    expect([names(first), names(second), names(third)]).toEqual([
      ['page-6', 'page-5', 'page-4'],
      ['page-3', 'page-2', 'page-1'],
      ['page-0'],
    ]);
    expect(third.json.links.next).toBeUndefined();
    expect(names(await client.get(third.json.links.prev))).toEqual(names(second));
    const cursor = new URL(first.json.links.next).searchParams.get('cursor');
    const posted = await client.post('/images/search', { name: 'page-?', limit: 3, cursor });
    expect(posted.json).toEqual(second.json);
    expect(posted.headers.location).toBe(first.headers.location);
  });

  test('have a thousand images at most', async () => {
    expect((await ask({ limit: 1000 })).json.items).toHaveLength(7);
    const { location } = (await ask({})).headers;
    expect((await client.get(`${location}?limit=1000`)).json.items).toHaveLength(7);
    expect((await client.get(`${location}?limit=1001`)).status).toBe(400);
    expect((await client.get(`${location}?limit=0`)).status).toBe(400);
    expect((await client.get(`${location}?cursor=x`)).json.errors).toEqual([
      expect.objectContaining({ parameter: 'cursor' }),
    ]);
  });
});

describe('a stored query', () => {
  test('has one URI, however it was written', async () => {
    const uri = async (reply: Promise<Reply>): Promise<string | undefined> => (await reply).headers.location;
    const [a = '', b = ''] = ids;
    const expected = await uri(ask({ ids: [a, b], width: { min: 1 }, created: { after: '2020-01-01T00:00:00Z' } }));
    const others = [
      ask({ width: { min: 1, max: null }, created: { after: '2020-01-01T01:00:00+01:00' }, ids: [b, a, b], limit: 1 }),
      ask(
        `{"ids":["/images/${b}","${a.toUpperCase()}"],"width":{"min":1},"created":{"after":"2020-01-01T00:00:00.000Z"}}`,
      ),
      ask(`<query><id>${a}</id><id>${b}</id><width min="1"/><created after="2020-01-01T00:00:00Z"/></query>`, xml),
    ];
    for (const other of others) expect(await uri(other)).toBe(expected);
    expect(await uri(ask({ ids: [a] }))).not.toBe(expected);
  });

  test('is asked again by GET: it finds what there is then, in JSON, XML and only if it has changed', async () => {
    const asked = await ask({ name: 'fresh-*' });
    const location = asked.headers.location ?? '';
    expect(asked.json.items).toEqual([]);
    const id = await catalogue.add({ name: 'fresh-1' });
    const again = await client.get(location);
    expect(names(again)).toEqual(['fresh-1']);
    expect((await client.call('HEAD', location)).headers.etag).toBe(again.headers.etag);
    expect(
      (await client.call('GET', location, { headers: { 'If-None-Match': again.headers.etag ?? '' } })).status,
    ).toBe(304);
    const inXml = await client.get(location, { Accept: 'application/xml' });
    expect(inXml.text).toContain(
      `<images xmlns:atom="http://www.w3.org/2005/Atom"><item><id>${id}</id><name>fresh-1</name>`,
    );
    await catalogue.query('delete from images where id = $1', [id]);
  });

  test('lives longer when it is asked again, and is gone when its time is over', async () => {
    const { location = '' } = (await ask({ name: 'short' })).headers;
    const id = location.split('/').at(-1);
    const left = async (): Promise<unknown> =>
      (
        await catalogue.query("select expires_at > now() + interval '31 min' as long from queries where id = $1", [id])
      )[0]?.['long'];
    expect(await left()).toBe(true);
    await catalogue.query("update queries set expires_at = now() + interval '29 min' where id = $1", [id]);
    expect((await ask({ name: 'short' })).headers.location).toBe(location);
    expect(await left()).toBe(true);
    await catalogue.query("update queries set expires_at = now() - interval '1 s' where id = $1", [id]);
    expect((await client.get(location)).status).toBe(404);
    expect((await ask({ name: 'short' })).headers.location).toBe(location);
  });

  test('of another is not there', async () => {
    const { location = '' } = (await ask({ name: 'mine' })).headers;
    await catalogue.query("update queries set owner = 'another' where id = $1", [location.split('/').at(-1)]);
    expect((await client.get(location)).status).toBe(404);
  });

  test('is refused with 429 where there are too many others, but not where it is kept', async () => {
    const known = await ask({ name: 'known' });
    await catalogue.query(
      `insert into queries (id, owner, digest, query, expires_at)
       select uuidv7(), 'local', n::text, '{}', now() + interval '1 hour' from generate_series(1, 40) as n`,
    );
    const refused = await ask({ name: 'one more' });
    expect([refused.status, refused.json.type]).toEqual([429, expect.stringContaining('too-many-queries')]);
    expect(refused.json.detail).toContain('40 other queries');
    expect((await client.post('/images/search', { name: 'another one' })).status).toBe(429);
    expect((await ask({ name: 'known' })).headers.location).toBe(known.headers.location);
    await catalogue.query("delete from queries where digest ~ '^[0-9]{1,2}$'");
  });

  test('asked by many at once is kept once', async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => ask({ name: 'at once' })));
    expect(new Set(replies.map(({ status, headers }) => `${status} ${headers.location}`)).size).toBe(1);
  });

  test('that takes too long is given up and refused by name', async () => {
    const { location = '' } = (await ask({ name: 'slow' })).headers;
    const holder = new pg.Client({ connectionString: service.database.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('lock table images in access exclusive mode');
    const replies = [await ask({ name: 'slow' }), await client.get(location), await client.post('/images/search', {})];
    await holder.end();
    for (const { status, json: problem } of replies) {
      expect([status, problem.type]).toEqual([422, expect.stringContaining('query-too-costly')]);
      expect(problem.detail).toBe('It was not done after 1 s; that is the limit.');
    }
  });
});

describe('a query in XML', () => {
  test('says all that one in JSON can', async () => {
    const id = await catalogue.add({
      name: '007',
      labels: { album: ' summer' },
      hash: '00000000000000ff',
      mediaType: 'image/gif',
    });
    const reply = await ask(`<query limit="5"><name>x</name></query>`, xml);
    expect([reply.status, reply.headers['content-type']]).toEqual([400, 'application/problem+xml; charset=utf-8']);
    const whole = `<query xmlns="urn:example"><id>${id}</id><name>007</name><label name="album"> s*</label>
      <mediaType>image/gif</mediaType><mediaType>image/png</mediaType><bytes min="1" max="5000"/><width max="10"/><height min="1"/>
      <created after="2020-01-01T00:00:00Z"/><modified after="2020-01-01T00:00:00Z"/>
      <similarTo hash="00000000000000FE" distance="1"/><limit>5</limit></query>`;
    const found = await ask(whole, { ...xml, Accept: 'application/json' });
    expect(names(found)).toEqual(['007']);
    expect(found.headers['content-location']).toMatch(/\?limit=5$/);
    expect((await ask('<query><similarTo image="/images/x"/></query>', xml)).text).toContain('/similarTo/image');
    await catalogue.query('delete from images where id = $1', [id]);
  });

  test.each([
    ['another root', '<search/>', 'malformed-body'],
    ['no XML', '<query>', 'malformed-body'],
    ['an element twice', '<query><name>a</name><name>b</name></query>', 'malformed-body'],
    ['a label twice', '<query><label name="a">b</label><label name="a">c</label></query>', 'malformed-body'],
    ['a list and its items', '<query><ids>a</ids><id>b</id></query>', 'malformed-body'],
    ['an unknown element', '<query><nme>a</nme></query>', 'unknown-member'],
    ['an unknown attribute', '<query><width least="1"/></query>', 'unknown-member'],
    ['an attribute of a text', '<query><name case="no">a</name></query>', 'unknown-member'],
    ['text between', '<query>a</query>', 'unknown-member'],
    ['an element within', '<query><name><b>a</b></name></query>', 'unknown-member'],
    ['a label without a name', '<query><label>a</label></query>', 'unknown-member'],
    ['__proto__', '<query><__proto__>a</__proto__></query>', 'unknown-member'],
    ['a label called __proto__', '<query><label name="__proto__">a</label></query>', 'unknown-member'],
    ['a number that is none', '<query><width min="many"/></query>', 'invalid-member'],
  ])('with %s is refused', async (_name, body, slug) => {
    const reply = await ask(body, { ...xml, Accept: 'application/json' });
    expect(reply.json.type).toMatch(new RegExp(`/problems/${slug}$`));
  });
});
