import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Catalogue } from '../support/catalogue.js';
import { type Client, formData, type Reply } from '../support/client.js';
import { jpeg } from '../support/pictures.js';
import { TwoOwners } from '../support/two-owners.js';

/** Two owners do the same things, and each is answered as though they were alone. */
let owners: TwoOwners;
let a: Client;
let b: Client;
let pictures = 10;

beforeAll(async () => {
  owners = await TwoOwners.start({ environment: { RESERVATIONS_MAX: '20', QUERIES_MAX: '20' } });
  ({ a, b } = owners);
});
afterAll(() => owners.stop());

const picture = (): Promise<Buffer> => jpeg({ seed: (pictures += 1) });
const store = (client: Client, bytes: Buffer, query = '', headers = {}): Promise<Reply> =>
  client.post(`/images${query}`, bytes, { 'Content-Type': 'image/jpeg', ...headers });
const put = (client: Client, uri: string, bytes: Buffer): Promise<Reply> =>
  client.call('PUT', uri, { headers: { 'Content-Type': 'image/jpeg' }, body: bytes });
const rename = (client: Client, uri: string, name: string): Promise<Reply> =>
  client.call('PATCH', uri, {
    headers: { 'Content-Type': 'application/merge-patch+json' },
    body: JSON.stringify({ name }),
  });
const location = ({ headers }: Reply): string => headers.location ?? '';
const statuses = (replies: Reply[]): number[] => replies.map(({ status }) => status);
const idsIn = ({ json }: Reply): string[] => json.items.map(({ id }: { id: string }) => id);
const flip = [{ operation: 'flip' }];

describe('bytes that another has', () => {
  test('are new: 201, and 303 to their own for who sends them again', async () => {
    const bytes = await picture();
    const [first, second] = [await store(a, bytes), await store(b, bytes)];
    expect(statuses([first, second])).toEqual([201, 201]);
    const again = [await store(a, bytes), await store(b, bytes)];
    expect(statuses(again)).toEqual([303, 303]);
    expect(again.map(location)).toEqual([first, second].map(location));
    expect(location(first)).not.toBe(location(second));
  });

  test('are created once for each of them, also at the same time', async () => {
    const bytes = await picture();
    const replies = await Promise.all([a, a, a, b, b, b].map((client) => store(client, bytes)));
    expect(statuses(replies).sort()).toEqual([201, 201, 303, 303, 303, 303]);
    expect(new Set(replies.slice(0, 3).map(location)).size).toBe(1);
    expect(new Set(replies.slice(3).map(location)).size).toBe(1);
  });

  test('fill a URI that was minted', async () => {
    const bytes = await picture();
    await store(a, bytes);
    const slot = location(await b.call('POST', '/images'));
    expect((await put(b, slot, bytes)).status).toBe(201);
  });

  test('come with a task, and become an image of who sent it', async () => {
    const bytes = await picture();
    await store(a, bytes);
    const { contentType, body } = formData({
      task: JSON.stringify({ operations: flip }),
      image: { filename: 'x.jpg', mediaType: 'image/jpeg', bytes },
    });
    const task = await b.post('/images/tasks', body, { 'Content-Type': contentType });
    expect(task.status).toBe(202);
    expect(
      await owners.all('select owner from images where id = $1', [task.json.links.image.split('/').at(-1)]),
    ).toEqual([{ owner: 'b' }]);
  });

  test('stay when the other deletes them', async () => {
    const bytes = await picture();
    const [theirs, own] = [location(await store(a, bytes)), location(await store(b, bytes))];
    expect((await a.call('DELETE', theirs)).status).toBe(204);
    await owners.sweep();
    expect((await b.get(`${own}/content`)).bytes).toEqual(bytes);
  });
});

describe('a name that another has given', () => {
  test('is free: to create, to fill and to rename', async () => {
    const holder = await store(a, await picture(), '?name=taken');
    const created = await store(b, await picture(), '?name=taken');
    expect(statuses([holder, created])).toEqual([201, 201]);
    await rename(b, location(created), 'another');
    const slot = location(await b.call('POST', '/images'));
    expect((await put(b, `${slot}?name=taken`, await picture())).status).toBe(201);
    await rename(b, slot, 'a third');
    expect((await rename(b, location(created), 'taken')).status).toBe(200);
  });

  test('is taken by their own, and the problem leads there', async () => {
    const [theirs, own] = [await store(a, await picture(), '?name=n'), await store(b, await picture(), '?name=n')];
    const refused = await store(b, await picture(), '?name=n');
    expect([refused.status, refused.headers.link]).toEqual([409, `<${location(own)}>; rel="related"`]);
    expect(refused.text).not.toContain(location(theirs));
  });
});

describe('what is listed or found', () => {
  test('is their own, by whatever it is asked for', async () => {
    await using catalogue = await Catalogue.open(owners.service.database.url);
    const [digest, hash, name] = ['d'.repeat(64), '00ff00ff00ff00ff', 'found.png'];
    const labels = { album: 'summer' };
    const image = await catalogue.add({ owner: 'a', digest, hash, name, labels });
    await catalogue.addText(digest, 'rare words', 'a');
    const queries = [
      {},
      { ids: [image] },
      { digests: [digest] },
      { name },
      { name: 'fou*' },
      { labels },
      { similarTo: { hash } },
      { text: 'rare' },
      { width: { min: 10, max: 10 } },
    ];
    for (const query of queries) {
      expect(idsIn(await a.post('/images/search', query))).toContain(image);
      expect(idsIn(await b.post('/images/search', query))).not.toContain(image);
    }
    // The same bytes: a text belongs to who had them read.
    const own = await catalogue.add({ owner: 'b', digest });
    expect(idsIn(await b.post('/images/search', { digests: [digest] }))).toEqual([own]);
    expect(idsIn(await b.post('/images/search', { text: 'rare' }))).toEqual([]);
    expect((await b.post('/images/search', { similarTo: { image } })).json.errors).toEqual(
      (await b.post('/images/search', { similarTo: { image: crypto.randomUUID() } })).json.errors,
    );
  });

  test('a query that another has asked is a new one, under a URI of its own', async () => {
    const [theirs, own] = [await a.post('/images/search', {}), await b.post('/images/search', {})].map(location);
    expect(theirs).not.toBe(own);
    expect((await b.get(own ?? '')).status).toBe(200);
  });

  test('of tasks and alerts is nothing by the image or the task of another', async () => {
    const callback = { url: 'https://receiver.example/' };
    const image = (await store(a, await picture())).json.id;
    const task = await a.post('/images/tasks', { image, operations: flip, callback });
    await a.call('POST', `${location(task)}/cancel`);
    for (const list of [
      `/images/tasks?image=${image}`,
      `/alerts?task=${task.json.id}`,
      '/images/tasks?state=cancelled',
    ]) {
      expect(idsIn(await a.get(list))).toHaveLength(1);
      expect(idsIn(await b.get(list))).toEqual([]);
    }
  });
});

describe('an Idempotency-Key that another has used', () => {
  test('is a new one, whatever comes with it', async () => {
    const key = { 'Idempotency-Key': 'the-same' };
    const [first, second] = [await store(a, await picture(), '', key), await store(b, await picture(), '', key)];
    expect(statuses([first, second])).toEqual([201, 201]);
    expect(second.headers['idempotency-replayed']).toBeUndefined();
    const tasks = [first, second].map(({ json }) => JSON.stringify({ image: json.id, operations: flip }));
    const ask = (client: Client, task = ''): Promise<Reply> =>
      client.post('/images/tasks', task, { 'Content-Type': 'application/json', ...key });
    expect(statuses([await ask(a, tasks[0]), await ask(b, tasks[1])])).toEqual([202, 202]);
  });

  test('is free while the other is being answered', async () => {
    const held = await owners.service.holdKey('/images', 'held', 'a');
    const key = { 'Idempotency-Key': 'held' };
    const replies = [await store(a, await picture(), '', key), await store(b, await picture(), '', key)];
    await held.release();
    expect(statuses(replies)).toEqual([409, 201]);
  });
});

describe('a limit', () => {
  test.each([
    ['reservations', '/reservations', () => ({})],
    ['kept queries', '/images/search', () => ({ name: crypto.randomUUID() })],
  ])('on %s is reached by each alone', async (_name, path, request) => {
    while ((await a.post(path, request())).status < 300);
    expect([(await a.post(path, request())).status, (await b.post(path, request())).status < 300]).toEqual([429, true]);
  });
});

test('a URI can be minted below any controller resource, also one of another, and invokes nothing there', async () => {
  const image = (await store(a, await picture())).json.id;
  const { json } = await a.post('/images/tasks', { image, operations: flip });
  for (const id of [json.id, crypto.randomUUID()]) {
    const minted = await b.post('/reservations', { for: `/images/tasks/${id}/cancel` });
    expect([minted.status, (await b.call('PUT', location(minted))).status]).toEqual([201, 404]);
  }
  expect((await a.get(`/images/tasks/${json.id}/status`)).json.state).toBe('pending');
});
