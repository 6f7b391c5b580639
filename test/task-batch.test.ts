import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type Client, formData, related, type Reply } from './support/client.js';
import { jpeg, png } from './support/pictures.js';
import { Service } from './support/service.js';

const path = '/images/tasks/batch';
const flip = [{ operation: 'flip' }];
const xmlType = { 'Content-Type': 'application/xml' };

let service: Service;
let client: Client;
let database: pg.Client;
let image: string;
/** One whose files are those of the requests alone. */
let quiet: { service: Service; client: Client; database: pg.Client; image: string };

const connected = async (url: string): Promise<pg.Client> => {
  const connection = new pg.Client({ connectionString: url });
  await connection.connect();
  return connection;
};

beforeAll(async () => {
  const environment = { UPLOAD_BYTES_MAX: '65536', CALLBACK_PRIVATE_ADDRESSES: 'refuse' };
  service = await Service.start({ worker: true, equalWork: true, environment });
  client = service.client;
  image = await service.store(await jpeg());
  database = await connected(service.database.url);
  const other = await Service.start({ equalWork: true, environment });
  const stored = await other.store(await jpeg());
  quiet = { service: other, client: other.client, database: await connected(other.database.url), image: stored };
});
afterAll(async () => {
  await database.end();
  await service.stop();
  await quiet.database.end();
  await quiet.service.stop();
});

let angle = 0;
/** A task that nobody has asked for before. */
const another = (more: object = {}): object => ({
  image,
  operations: [{ operation: 'rotate', angle: (angle += 0.1) }],
  ...more,
});
const ask = (tasks: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  client.post(path, { tasks }, headers);
const statuses = ({ json }: Reply): number[] => json.results.map(({ status }: { status: number }) => status);
const pointers = (result: Reply['json']): string[] =>
  result.problem.errors.map(({ pointer }: { pointer: string }) => pointer);
const tasksStored = async (): Promise<number> =>
  Number((await database.query<{ count: string }>('select count(*) from tasks')).rows[0]?.count);
const incoming = (): Promise<string[]> => readdir(join(quiet.service.dataDir, 'blobs', 'incoming'));

describe('POST /images/tasks/batch', () => {
  test('tells of each item what a POST of it alone would have been answered', async () => {
    const done = another();
    const first = await client.post('/images/tasks', done, { Prefer: 'wait=20' });
    const gone = '00000000-0000-7000-8000-000000000000';
    const reply = await ask([
      another(),
      done,
      { image: gone, operations: flip },
      { image, operations: flip, priority: 1 },
      'no task',
      { image, operations: [{ operation: 'watermark', image: `/images/${gone}` }] },
      another({ callback: { url: 'http://127.0.0.1/' } }),
      { image: 'cid:photo', operations: flip },
      { image, operations: flip, resultTtl: 1e12 },
    ]);
    expect([reply.status, statuses(reply)]).toEqual([200, [202, 303, 422, 400, 422, 422, 422, 422, 422]]);
    const [accepted, equal, ...refused] = reply.json.results;
    expect(accepted.body).toMatchObject({ state: 'pending', links: { self: accepted.location } });
    expect(equal).toMatchObject({
      location: first.headers.location,
      body: { links: { self: first.headers['content-location'] } },
    });
    expect(refused.map(pointers)).toEqual([
      ['/image'],
      ['/priority'],
      [''],
      ['/operations/0/image'],
      ['/callback/url'],
      ['/image'],
      ['/resultTtl'],
    ]);
    expect((await service.ended(accepted.location)).status).toBe(303);
  });

  test('is 200 whatever is preferred, for each item is a 202 of its own', async () => {
    const reply = await ask([another()], { Prefer: 'respond-async, wait=5' });
    expect([reply.status, reply.headers['preference-applied'], statuses(reply)]).toEqual([200, undefined, [202]]);
  });

  test('does equal work within it once', async () => {
    const same = another({ image });
    const reply = await ask([same, same, another(), same]);
    expect(statuses(reply)).toEqual([202, 202, 202, 202]);
    const ends = await Promise.all(
      reply.json.results.map(({ location }: { location: string }) => service.ended(location)),
    );
    const outcomes = ends.map(({ headers }) => headers.location);
    expect([outcomes[1], outcomes[3]]).toEqual([outcomes[0], outcomes[0]]);
    expect(new Set(outcomes).size).toBe(2);
    expect(statuses(await ask([same], { 'Cache-Control': 'no-cache' }))).toEqual([202]);
    expect(statuses(await ask([same, same]))).toEqual([303, 303]);
  });

  test('tells a callback of work that was done before, under a task of its own', async () => {
    const done = another();
    const first = await client.post('/images/tasks', done, { Prefer: 'wait=20' });
    const reply = await ask([{ ...done, callback: { url: 'https://receiver.example/' } }, done]);
    expect(statuses(reply)).toEqual([303, 303]);
    const [told, equal] = reply.json.results;
    expect([told.body.id === first.json.id, equal.body.id]).toEqual([false, first.json.id]);
    expect((await client.get(`/alerts?task=${told.body.id}`)).json.items.length).toBe(1);
  });

  test('refuses what is no list of 1 to 1,000 tasks as a whole', async () => {
    const many = Array.from({ length: 1001 }, () => ({ image, operations: flip }));
    for (const [body, status, pointer] of [
      [{ tasks: many }, 422, '/tasks'],
      [{ tasks: [] }, 422, '/tasks'],
      [{ tasks: {} }, 422, '/tasks'],
      [{}, 422, '/tasks'],
      [[], 422, ''],
      [{ tasks: [another()], urgent: true }, 400, '/urgent'],
    ] as const) {
      const reply = await client.post(path, body);
      expect([reply.status, reply.json.errors[0].pointer]).toEqual([status, pointer]);
    }
    expect((await ask(many)).json.detail).toMatch(/1 to 1000 tasks; got 1001/);
    expect((await client.post(path, [])).json.detail).toBe('The body is an object.');
    const long = await client.post(path, ' '.repeat(2 * 1024 * 1024 + 1), { 'Content-Type': 'application/json' });
    expect(long.status).toBe(413);
    const list = await client.post(path, '<tasks><task/><job/></tasks>', xmlType);
    expect([list.status, list.text]).toEqual([400, expect.stringContaining('/job')]);
    expect((await client.post(path, '<task/>', xmlType)).status).toBe(400);
  });

  test('takes names that mean harm, and text that is none, for the fault of their item', async () => {
    const body = `{"tasks":[{"__proto__":{"image":"x"}},{"image":"\\u0000"},{"image":"\\ud800"},${JSON.stringify(another())}]}`;
    const reply = await client.post(path, body, { 'Content-Type': 'application/json' });
    expect([reply.status, statuses(reply)]).toEqual([200, [400, 422, 400, 202]]);
  });

  test('speaks XML to whoever asks in XML', async () => {
    const task = (members: string): string => `<task><image href="/images/${image}"/>${members}</task>`;
    const body = `<tasks>${task('<operations><rotate angle="77.7"/></operations>')}${task('<operations><spin/></operations>')}<task><x/></task></tasks>`;
    const reply = await client.post(path, body, xmlType);
    expect([reply.status, reply.headers['content-type']]).toEqual([200, expect.stringContaining('application/xml')]);
    expect(reply.text).toMatch(/<results [^>]*><result status="202" location="[^"]+"><status><state>pending<\/state>/);
    expect(reply.text).toMatch(
      /<result status="422"><problem [^>]*xmlns="urn:ietf:rfc:7807">.*<result status="400"><problem/s,
    );
    const json = await client.post(path, body, { ...xmlType, Accept: 'application/json' });
    expect(statuses(json)[1]).toBe(422);
    const twice = await client.post(
      path,
      `<tasks><task><operations/><operations/></task>${task('<operations><flip/></operations>')}</tasks>`,
      {
        ...xmlType,
        Accept: 'application/json',
      },
    );
    expect(statuses(twice)[0]).toBe(400);
  });

  test('is repeated safely with an Idempotency-Key', async () => {
    const tasks = [another(), { image, operations: [] }, another()];
    const before = await tasksStored();
    const replies = [
      await ask(tasks, { 'Idempotency-Key': 'batch' }),
      await ask(tasks, { 'Idempotency-Key': 'batch' }),
    ];
    expect(replies[1]?.headers['idempotency-replayed']).toBe('true');
    expect(replies[1]?.json).toEqual(replies[0]?.json);
    expect(await tasksStored()).toBe(before + 2);
    const other = await ask([another()], { 'Idempotency-Key': 'batch' });
    expect([other.status, other.json.type]).toEqual([422, expect.stringMatching(/idempotency-key-reused$/)]);
    const { release } = await service.holdKey(path, 'held');
    const held = await ask([another()], { 'Idempotency-Key': 'held' });
    await release();
    expect([held.status, held.json.type]).toEqual([409, expect.stringMatching(/idempotency-key-in-use$/)]);
  });

  test('takes nothing while the process drains', async () => {
    service.draining = true;
    const reply = await ask([another()]);
    service.draining = false;
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '2']);
  });
});

describe('while nobody works', () => {
  test('accepts a thousand in one commit; the one bad item among them fails alone', async () => {
    const tasks = Array.from({ length: 1000 }, () => another({ image: quiet.image }));
    tasks[500] = { image: quiet.image, operations: [{ operation: 'resize', width: -1 }] };
    const reply = await quiet.client.post(path, { tasks });
    expect(reply.status).toBe(200);
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(statuses(reply).filter((status) => status === 202).length).toBe(999);
    expect(reply.json.results[500]).toEqual({
      status: 422,
      problem: expect.objectContaining({
        status: 422,
        errors: [expect.objectContaining({ pointer: '/operations/0/width' })],
      }),
    });
    const angles = reply.json.results.map(({ body }: Reply['json']) => body?.operations[0].angle);
    expect(angles).toEqual(tasks.map((task) => (task as Reply['json']).operations[0].angle));
    const { rows } = await quiet.database.query<{ tasks: number; commits: number }>(
      'select count(*)::int as tasks, count(distinct xmin::text)::int as commits from tasks',
    );
    expect(rows).toEqual([{ tasks: 999, commits: 1 }]);
    const ahead = reply.json.results.flatMap(({ body }: Reply['json']) => body?.estimate.ahead ?? []);
    expect(ahead).toEqual(ahead.toSorted((a: number, b: number) => a - b));
    expect(ahead.at(-1) - ahead[0]).toBeGreaterThan(900);
    const last = reply.json.results[999];
    expect(last.location).toBe(last.body.links.self);
  });
});

describe('a batch with images of its own', () => {
  const picture = (seed: number) => png({ width: 16, height: 16, seed });
  const upload = (bytes: Buffer) => ({ filename: 'x', mediaType: 'image/png', bytes });

  test.each(['first', 'last'])(
    'in multipart/related, the root %s: tasks name parts by their Content-ID',
    async (place) => {
      const tasks = [
        { image: 'cid:one@example.org', operations: [{ operation: 'rotate', angle: 10 }] },
        { image: 'cid:two%40example.org', operations: [{ operation: 'rotate', angle: 11 }] },
        { image: 'cid:one%40example.org', operations: [{ operation: 'rotate', angle: 12 }] },
        { image: 'cid:broken', operations: [{ operation: 'rotate', angle: 13 }] },
        { image: 'cid:three', operations: [{ operation: 'rotate', angle: 14 }] },
        { image, operations: [{ operation: 'rotate', angle: place === 'first' ? 15 : 16 }] },
      ];
      const root = { mediaType: 'application/json', contentId: 'root', bytes: JSON.stringify({ tasks }) };
      const parts = [
        { mediaType: 'image/png', contentId: 'one@example.org', bytes: await picture(301) },
        { mediaType: 'image/png', contentId: 'two@example.org', bytes: await picture(302) },
        { mediaType: 'image/png', contentId: 'broken', bytes: 'no image' },
        { mediaType: 'image/png', contentId: 'unused', bytes: await picture(303) },
      ];
      const { contentType, body } = related(
        place === 'first' ? [root, ...parts] : [...parts, root],
        '; type="application/json"; start="<root>"',
      );
      const reply = await client.post(path, body, { 'Content-Type': contentType, 'Cache-Control': 'no-cache' });
      expect([reply.status, statuses(reply)]).toEqual([200, [202, 202, 202, 202, 422, 202]]);
      expect(pointers(reply.json.results[4])).toEqual(['/image']);
      const images = reply.json.results.map(({ body: task }: Reply['json']) => task?.links.image);
      expect([images[0] === images[2], images[0] === images[1], images[3]]).toEqual([true, false, undefined]);
      const ends = [0, 1, 2, 3].map((index) => service.ended(reply.json.results[index].location));
      expect((await Promise.all(ends)).map(({ status }) => status)).toEqual([303, 303, 303, 200]);
      expect((await Promise.all(ends))[3]?.json).toMatchObject({ state: 'failed', detail: 'Invalid image format.' });
      expect(
        (await client.get('/images?limit=100')).json.items.map(({ digest }: Reply['json']) => digest),
      ).not.toContain(hash('sha256', await picture(303)));
    },
  );

  test('in a form: by the name of their field, and JSON or XML in the field `tasks`', async () => {
    const tasks =
      '<tasks><task><image href="cid:my%20photo"/><operations><rotate angle="20"/></operations></task></tasks>';
    const { contentType, body } = formData({ 'my photo': upload(await picture(310)), tasks });
    const reply = await client.post(path, body, { 'Content-Type': contentType, Accept: 'application/json' });
    expect([reply.status, statuses(reply)]).toEqual([200, [202]]);
    expect((await service.ended(reply.json.results[0].location, { Accept: 'application/json' })).status).toBe(303);
    const none = formData({ photo: upload(await picture(311)) });
    const refused = await quiet.client.post(path, none.body, { 'Content-Type': none.contentType });
    expect([refused.status, refused.json.errors[0].pointer]).toEqual([422, '/tasks']);
    expect(await incoming()).toEqual([]);
  });

  test('too large an image is the matter of the tasks that name it', async () => {
    const large = Buffer.alloc(65_537);
    const { contentType, body } = formData({
      large: upload(large),
      small: upload(await picture(320)),
      tasks: JSON.stringify({
        tasks: [
          { image: 'cid:large', operations: flip },
          { image: 'cid:small', operations: flip },
        ],
      }),
    });
    const reply = await quiet.client.post(path, body, { 'Content-Type': contentType });
    expect([reply.status, statuses(reply)]).toEqual([200, [413, 202]]);
    expect(reply.json.results[0].problem.limit).toBe(65_536);
    expect(await incoming()).toEqual([]);
  });

  test('refuses parts that nothing can refer to, or that share a name, and keeps nothing of them', async () => {
    const root = { mediaType: 'application/json', bytes: JSON.stringify({ tasks: [another({ image: quiet.image })] }) };
    const nameless = related([root, { mediaType: 'image/png', bytes: await picture(330) }]);
    const part = { mediaType: 'image/png', contentId: 'same', bytes: await picture(331) };
    for (const { contentType, body } of [nameless, related([root, part, part])]) {
      const reply = await quiet.client.post(path, body, { 'Content-Type': contentType });
      expect([reply.status, reply.json.type]).toEqual([400, expect.stringMatching(/malformed-body$/)]);
    }
    const twice = formData({ tasks: JSON.stringify({ tasks: [another({ image: quiet.image })] }) });
    const doubled = Buffer.concat([twice.body.subarray(0, twice.body.length - 7), twice.body]);
    expect((await quiet.client.post(path, doubled, { 'Content-Type': twice.contentType })).status).toBe(400);
    expect(await incoming()).toEqual([]);
  });

  test('two at once that bring the same images in another order are both accepted', async () => {
    const pictures = await Promise.all([340, 341, 342, 343].map(picture));
    const batch = (order: number[]) => {
      const tasks = order.map((index) => ({
        image: `cid:${index}`,
        operations: [{ operation: 'rotate', angle: 30 + index }],
      }));
      const files = Object.fromEntries(order.map((index) => [`p${index}`, upload(pictures[index] ?? Buffer.alloc(0))]));
      const named = tasks.map((task) => ({ ...task, image: task.image.replace('cid:', 'cid:p') }));
      return formData({ ...files, tasks: JSON.stringify({ tasks: named }) });
    };
    const orders = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? [0, 1, 2, 3] : [3, 2, 1, 0]));
    const replies = await Promise.all(
      orders.map((order) => {
        const { contentType, body } = batch(order);
        return client.post(path, body, { 'Content-Type': contentType });
      }),
    );
    expect(replies.map(({ status }) => status)).toEqual(orders.map(() => 200));
    const ends = await Promise.all(
      replies.flatMap(({ json }) => json.results.map(({ body }: Reply['json']) => service.ended(body.links.self))),
    );
    expect(new Set(ends.map(({ headers }) => headers.location)).size).toBe(4);
  });
});
