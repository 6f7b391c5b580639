import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Catalogue } from '../support/catalogue.js';
import { type Reply } from '../support/client.js';
import { Service } from '../support/service.js';

let service: Service;
let catalogue: Catalogue;
let plain: string;

beforeAll(async () => {
  service = await Service.start();
  catalogue = await Catalogue.open(service.database.url);
  plain = await catalogue.add({ name: 'plain' });
});
afterAll(async () => {
  await catalogue[Symbol.asyncDispose]();
  await service.stop();
});

const search = (query: object | string): Promise<Reply> =>
  service.client.post('/images/search', typeof query === 'string' ? query : JSON.stringify(query), {
    'Content-Type': 'application/json',
  });
const refused = async (
  query: object | string,
  status: number,
  slug: string,
): Promise<{ pointers: string[]; detail: string }> => {
  const { json, ...reply } = await search(query);
  expect([reply.status, json.type]).toEqual([status, expect.stringMatching(new RegExp(`/problems/${slug}$`))]);
  return { pointers: (json.errors ?? []).map(({ pointer }: { pointer: string }) => pointer), detail: json.detail };
};
const many = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

describe('a member that means nothing is refused with 400', () => {
  test.each([
    ['/nme', { nme: 'a' }],
    ['/width/least', { width: { least: 1 } }],
    ['/similarTo/within', { similarTo: { hash: '0'.repeat(16), within: 1 } }],
    ['/owner', { owner: 'another' }],
    ['/created/since', { created: { since: '2020-01-01T00:00:00Z' } }],
  ])('%s', async (pointer, query) => {
    expect((await refused(query, 400, 'unknown-member')).pointers).toEqual([pointer]);
  });

  test('names that a prototype knows', async () => {
    await refused('{"__proto__":{"limit":1}}', 400, 'unknown-member');
    await refused('{"labels":{"constructor":"a"}}', 400, 'unknown-member');
  });
});

describe('a value that cannot be used is refused with 422 and named', () => {
  test.each([
    ['/ids', { ids: 'a' }],
    ['/ids', { ids: [1] }],
    ['/ids/1', { ids: [randomUUID(), 'https://elsewhere.example/images/x'] }],
    ['/digests', { digests: ['a'.repeat(64), 'xyz'] }],
    ['/name', { name: '' }],
    ['/name', { name: 7 }],
    ['/name', { name: 'ends\\' }],
    ['/name', { name: 'a\\b' }],
    ['/name', { name: '*'.repeat(257) }],
    ['/labels', { labels: ['a'] }],
    ['/labels', { labels: { 'no spaces': 'a' } }],
    ['/labels', { labels: { a: 1 } }],
    ['/labels', { labels: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`l${n}`, 'a'])) }],
    ['/mediaTypes', { mediaTypes: ['png'] }],
    ['/mediaTypes', { mediaTypes: Array<string>(51).fill('image/png') }],
    ['/width', { width: 7 }],
    ['/width/min', { width: { min: -1 } }],
    ['/width/min', { width: { min: 1.5 } }],
    ['/bytes/max', { bytes: { max: 1e300 } }],
    ['/height', { height: { min: 2, max: 1 } }],
    ['/created/after', { created: { after: 'yesterday' } }],
    ['/created', { created: { after: '2021-01-01T00:00:00Z', before: '2020-01-01T00:00:00Z' } }],
    ['/similarTo/image', { similarTo: {} }],
    ['/similarTo/hash', { similarTo: { hash: 'xyz' } }],
    ['/similarTo/hash', { similarTo: { hash: 'ff' } }],
    ['/similarTo/distance', { similarTo: { hash: '0'.repeat(16), distance: 12 } }],
    ['/similarTo/distance', { similarTo: { hash: '0'.repeat(16), distance: -1 } }],
    ['/similarTo/image', { similarTo: { image: '/images/none' } }],
    ['/similarTo/image', { similarTo: { image: randomUUID() } }],
    ['/similarTo', { similarTo: { image: randomUUID(), hash: '0'.repeat(16) } }],
    ['/text', { text: '' }],
    ['/text', { text: 'a'.repeat(1001) }],
    ['/text', { text: 'a\0b' }],
    ['/limit', { limit: 1001 }],
    ['/limit', { limit: 0 }],
    ['/cursor', { cursor: 'made up' }],
  ])('%s of %j', async (pointer, query) => {
    expect((await refused(query, 422, 'invalid-member')).pointers[0]).toBe(pointer);
  });

  test('an image without a hash, which nothing can look like', async () => {
    const { pointers, detail } = await refused({ similarTo: { image: plain } }, 422, 'invalid-member');
    expect(pointers).toEqual(['/similarTo/image']);
    expect(detail).toMatch(/^\/similarTo\/image: this image has no perceptual hash, or not yet: .*\.$/);
  });
});

describe('the limits', () => {
  test('10,000 ids are taken, 10,001 are not, and the refusal says so', async () => {
    expect((await search({ ids: many(10_000) })).status).toBe(200);
    const { detail } = await refused({ ids: many(10_001) }, 422, 'invalid-member');
    expect(detail).toContain('up to 10000 ids or URIs of images; these are 10001');
    const digests = Array.from({ length: 10_001 }, (_, n) => n.toString(16).padStart(64, '0'));
    expect((await search({ digests: digests.slice(1) })).status).toBe(200);
    await refused({ digests }, 422, 'invalid-member');
  });

  test('a body of more than 1 MiB is 413', async () => {
    const { json } = await search({ ids: Array<string>(15_000).fill('x'.repeat(80)) });
    expect([json.status, json.limit]).toEqual([413, 1_048_576]);
  });
});

describe('hostile values find nothing, break nothing and take no time', () => {
  test.each([
    ['SQL', { name: "'; drop table images; --" }],
    ['SQL wildcards', { name: '%_%' }],
    ['an escape at the end of LIKE', { name: 'a*\\\\' }],
    ['a label with SQL', { labels: { a: "' or true --" } }],
    ['a label that would be another', { labels: { a: '*\nname=plain\n*' } }],
    ['a query of text search that is none', { text: 'a & | ! ( \':* <-> "' }],
    ['words that are no words', { text: '!!! ??? ...' }],
    ['TypeORM parameters', { name: ':owner', labels: { owner: ':name' } }],
    ['emoji and right to left', { name: '\u{1f4a9}*\u202e', text: '\u{1f4a9}' }],
    ['many wildcards', { name: `${'*a'.repeat(120)}*b` }],
    ['many question marks', { name: `${'*?'.repeat(120)}` }],
  ])('%s', async (_name, query) => {
    const reply = await search(query);
    expect([reply.status, reply.json.items]).toEqual([200, []]);
    expect((await search({})).json.items).toHaveLength(1);
  });

  test('a pattern against 2,000 names that nearly fit', async () => {
    await catalogue.query(
      `insert into images (id, owner, name, digest, bytes, media_type, width, height, pages)
       select uuidv7(), 'local', repeat('a', 190) || n, n::text, 1, 'image/png', 1, 1, 1 from generate_series(1, 2000) as n`,
    );
    const reply = await search({ name: `${'*a'.repeat(120)}*b` });
    expect([reply.status, reply.json.items]).toEqual([200, []]);
    await catalogue.query("delete from images where name like 'aaa%'");
  });
});
