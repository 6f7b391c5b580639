import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { textsPerImageMax } from '../../src/queries/query.js';
import { Catalogue } from '../support/catalogue.js';
import { type Client } from '../support/client.js';
import { Service } from '../support/service.js';

let service: Service;
let client: Client;
let catalogue: Catalogue;

beforeAll(async () => {
  service = await Service.start();
  client = service.client;
  catalogue = await Catalogue.open(service.database.url);
});
afterAll(async () => {
  await catalogue[Symbol.asyncDispose]();
  await service.stop();
});
beforeEach(() => catalogue.query('truncate images, texts, queries cascade'));

/** Ids of what is found, newest first. */
const found = async (query: object): Promise<string[]> => {
  const reply = await client.post('/images/search', query);
  expect([reply.status, reply.json.type]).toEqual([200, undefined]);
  return reply.json.items.map(({ id }: { id: string }) => id);
};
/** In the order in which they are listed: the latest first. */
const newestFirst = (...ids: string[]): string[] => ids.toSorted().reverse();

describe('a query finds', () => {
  test('everything where it says nothing, and nothing of others', async () => {
    const ours = await catalogue.add();
    const theirs = await catalogue.add({ owner: 'another', digest: 'f'.repeat(64), hash: '0'.repeat(16) });
    expect(await found({})).toEqual([ours]);
    expect(await found({ ids: [theirs] })).toEqual([]);
    expect(await found({ digests: ['f'.repeat(64)] })).toEqual([]);
    expect(await found({ similarTo: { hash: '0'.repeat(16) } })).toEqual([]);
  });

  test('ids, URIs and paths, by the thousand', async () => {
    const [a, b] = [await catalogue.add(), await catalogue.add()];
    await catalogue.add();
    const others = Array.from({ length: 9_997 }, () => randomUUID());
    const ids = [a.toUpperCase(), `${client.origin}/images/${b}`, `/images/${a}`, ...others];
    expect(await found({ ids })).toEqual(newestFirst(a, b));
    expect(await found({ ids: [] })).toEqual([]);
  });

  test('digests, in either case', async () => {
    const image = await catalogue.add({ digest: 'ab'.repeat(32) });
    await catalogue.add();
    expect(await found({ digests: ['AB'.repeat(32), 'cd'.repeat(32)] })).toEqual([image]);
  });

  test('names by a pattern, whose wildcards are * and ? and no others', async () => {
    const names = [
      'IMG_1.jpg',
      'IMGx1.jpg',
      'IMG_22.jpeg',
      '100%.png',
      '100 of.png',
      'a*b',
      'aXb',
      'back\\slash',
      'übung',
    ];
    const ids = new Map<string, string>();
    for (const name of names) ids.set(name, await catalogue.add({ name }));
    await catalogue.add();
    const named = async (pattern: string): Promise<string[]> => {
      const matching = await found({ name: pattern });
      return names.filter((name) => matching.includes(ids.get(name) ?? ''));
    };
    expect(await named('IMG_*')).toEqual(['IMG_1.jpg', 'IMG_22.jpeg']);
    expect(await named('IMG?1.jpg')).toEqual(['IMG_1.jpg', 'IMGx1.jpg']);
    expect(await named('*.jp*g')).toEqual(['IMG_1.jpg', 'IMGx1.jpg', 'IMG_22.jpeg']);
    expect(await named('100%.png')).toEqual(['100%.png']);
    expect(await named('100%*')).toEqual(['100%.png']);
    expect(await named('%')).toEqual([]);
    expect(await named('a\\*b')).toEqual(['a*b']);
    expect(await named('a*b')).toEqual(['a*b', 'aXb']);
    expect(await named('back\\\\*')).toEqual(['back\\slash']);
    expect(await named('?bung')).toEqual(['übung']);
    expect(await named('img_*')).toEqual([]);
    expect(await named('**')).toEqual(names);
  });

  test('labels by patterns, each of them true', async () => {
    const summer = await catalogue.add({ labels: { album: 'summer 2025', by: 'ann' } });
    const winter = await catalogue.add({ labels: { album: 'winter', by: 'ann', a_b: '50% = x' } });
    await catalogue.add({ labels: { other: 'summer\nalbum=winter' } });
    expect(await found({ labels: { album: 'summer*' } })).toEqual([summer]);
    expect(await found({ labels: { album: 'winter' } })).toEqual([winter]);
    expect(await found({ labels: { album: '*er*', by: 'ann' } })).toEqual(newestFirst(summer, winter));
    expect(await found({ labels: { album: '*', by: 'b*' } })).toEqual([]);
    expect(await found({ labels: { a_b: '50% = ?' } })).toEqual([winter]);
    expect(await found({ labels: { 'a.b': '*' } })).toEqual([]);
    expect(await found({ labels: {} })).toHaveLength(3);
  });

  test('ranges of size and time, and media types', async () => {
    const old = {
      created: '2020-05-05T00:00:00Z',
      width: 100,
      height: 50,
      bytes: 5_000_000_000,
      mediaType: 'image/tiff',
    };
    const [early, late] = [await catalogue.add(old), await catalogue.add({ width: 200, height: 50, bytes: 10 })];
    expect(await found({ width: { min: 100, max: 100 } })).toEqual([early]);
    expect(await found({ width: { min: 101 } })).toEqual([late]);
    expect(await found({ height: { max: 50 } })).toEqual(newestFirst(early, late));
    expect(await found({ bytes: { min: 4_000_000_000 } })).toEqual([early]);
    // More than the column holds.
    expect(await found({ width: { min: 2 ** 31 } })).toEqual([]);
    expect(await found({ height: { max: Number.MAX_SAFE_INTEGER } })).toEqual(newestFirst(early, late));
    expect(await found({ created: { before: '2020-05-05T00:00:00.001Z' } })).toEqual([early]);
    expect(await found({ created: { after: '2020-05-05T02:00:00+02:00' } })).toEqual([late]);
    expect(await found({ modified: { before: '2001-01-01T00:00:00Z' } })).toEqual([]);
    expect(await found({ mediaTypes: ['image/tiff', 'image/gif'] })).toEqual([early]);
    expect(await found({ mediaTypes: ['IMAGE/PNG'], width: { min: 1 } })).toEqual([late]);
  });

  test('what looks like an image, or like a hash, within every distance', async () => {
    const hash = 0x9a5c3f21e0b47d68n;
    // One bit more in each: spread over the bands in the order of their places.
    const places = [0, 16, 32, 48, 5, 21, 37, 53, 9, 25, 41, 57, 13];
    const ids: string[] = [];
    for (let bits = 0; bits <= places.length; bits += 1) {
      const flipped = places.slice(0, bits).reduce((value, place) => value ^ (1n << BigInt(place)), hash);
      ids.push(await catalogue.add({ hash: flipped.toString(16).padStart(16, '0') }));
    }
    await catalogue.add();
    for (let distance = 0; distance <= 11; distance += 1) {
      const within = newestFirst(...ids.slice(0, distance + 1));
      expect(await found({ similarTo: { hash: hash.toString(16).toUpperCase(), distance } })).toEqual(within);
      expect(await found({ similarTo: { image: `/images/${ids[0]}`, distance } })).toEqual(within);
    }
    expect(await found({ similarTo: { hash: hash.toString(16) } })).toHaveLength(9);
  });

  test('images by the words that were read from their bytes, and says in which texts', async () => {
    const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
    const [first, twin, second] = [
      await catalogue.add({ digest: a, name: 'first' }),
      await catalogue.add({ digest: a, name: 'twin' }),
      await catalogue.add({ digest: b }),
    ];
    const invoice = await catalogue.addText(a, 'Invoice 4711 of Darkroom Ltd, für Übersetzung');
    const again = await catalogue.addText(a, 'invoice, read again');
    const other = await catalogue.addText(b, 'a letter about an invoice');
    await catalogue.addText(a, 'a secret', 'another');
    expect(await found({ text: '"darkroom ltd"' })).toEqual(newestFirst(first, twin));
    expect(await found({ text: 'übersetzung' })).toEqual(newestFirst(first, twin));
    expect(await found({ text: 'invoice -darkroom -read' })).toEqual([second]);
    expect(await found({ text: 'letter or 4711' })).toEqual(newestFirst(first, twin, second));
    expect(await found({ text: 'secret' })).toEqual([]);
    const { json } = await client.post('/images/search', { text: 'INVOICE', name: 'f*' });
    expect(json.items.map(({ texts }: { texts: string[] }) => texts)).toEqual([
      newestFirst(invoice, again).map((id) => `${client.origin}/texts/${id}`),
    ]);
    const { items } = (await client.post('/images/search', { text: 'letter' })).json;
    expect(items[0].texts).toEqual([`${client.origin}/texts/${other}`]);
  });

  test('words for themselves, whatever signs beyond ASCII stand at them', async () => {
    const digest = 'd'.repeat(64);
    const image = await catalogue.add({ digest });
    await catalogue.addText(digest, 'The ‘house’ of „Straßenbau“ – «été»…\u00a0it’s 5\u00a0€—naïve नमस्ते');
    for (const text of ['house', 'straßenbau', 'été', "it's", 'it’s', '5', 'naïve', 'नमस्ते', '‘house’', '"house of"']) {
      expect([text, await found({ text })]).toEqual([text, [image]]);
    }
    expect(await found({ text: 'stra' })).toEqual([]);
    expect(await found({ text: 'house -„straßenbau“' })).toEqual([]);
  });

  test('with an image the newest of its texts, however often it was read', async () => {
    const digest = 'd'.repeat(64);
    await catalogue.add({ digest });
    await catalogue.add({ digest, name: 'twin' });
    const texts: string[] = [];
    for (let count = 0; count <= textsPerImageMax; count += 1) texts.push(await catalogue.addText(digest, 'a word'));
    const { items } = (await client.post('/images/search', { text: 'word' })).json;
    const newest = newestFirst(...texts).slice(0, textsPerImageMax);
    const uris = newest.map((id) => `${client.origin}/texts/${id}`);
    expect(items.map(({ texts }: { texts: string[] }) => texts)).toEqual([uris, uris]);
  });

  test('only what all of it is true of', async () => {
    const digest = 'c'.repeat(64);
    const image = await catalogue.add({ name: 'a.png', digest, hash: '00000000000000ff', labels: { k: 'v' } });
    await catalogue.add({ name: 'a2.png', hash: '00000000000000ff', labels: { k: 'v' } });
    await catalogue.addText(digest, 'words');
    const query = {
      name: 'a*',
      text: 'words',
      similarTo: { hash: '00000000000000fe' },
      labels: { k: '?' },
      width: { max: 10 },
    };
    expect(await found(query)).toEqual([image]);
    expect(await found({ ...query, digests: ['d'.repeat(64)] })).toEqual([]);
    expect(await found({ ...query, mediaTypes: null, ids: null })).toEqual([image]);
  });
});
