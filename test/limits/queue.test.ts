import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { PendingTasksService } from '../../src/limits/pending-tasks.service.js';
import { type Client, type Reply } from '../support/client.js';
import { jpeg } from '../support/pictures.js';
import { Service, type ServiceOptions } from '../support/service.js';

const operations = [{ operation: 'flip' }];
const statuses = ({ json }: Reply): number[] => json.results.map(({ status }: { status: number }) => status);
const json = { 'Content-Type': 'application/json' };

let service: Service;
let client: Client;
let image: string;
afterEach(() => service.stop());

/** Without a worker: what is accepted stays pending. */
const begin = async (environment: Record<string, string>, options: ServiceOptions = {}): Promise<void> => {
  service = await Service.start({ ...options, environment });
  ({ client } = service);
  image = await service.store(await jpeg());
};
const post = (headers: Record<string, string> = {}): Promise<Reply> =>
  client.post('/images/tasks', { image, operations }, headers);
const locationOf = ({ headers }: Reply): string => headers.location ?? '';
const put = (task: string): Promise<Reply> =>
  client.call('PUT', task, { headers: json, body: JSON.stringify({ image, operations }) });
const cancel = (task: string): Promise<Reply> => client.call('POST', `${task}/cancel`);
/** As told by Retry-After: a count lasts for a second. */
const accepted = async (ask: () => Promise<Reply>): Promise<Reply> => {
  for (;;) {
    const reply = await ask();
    if (![429, 503].includes(reply.status)) return reply;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

describe('the queue of an owner', () => {
  beforeEach(() => begin({ QUEUE_TASKS_MAX_PER_OWNER: '3' }));

  test('takes so many and no more, however many come at once', async () => {
    const replies = await Promise.all(Array.from({ length: 30 }, () => post()));
    const refused = replies.filter(({ status }) => status === 429);
    expect([replies.filter(({ status }) => status === 202).length, refused.length]).toEqual([3, 27]);
    for (const { headers, json } of refused) {
      expect(json.type).toMatch('/problems/queue-full');
      expect(json.retryAfter).toBeGreaterThanOrEqual(1);
      expect(headers['retry-after']).toBe(String(json.retryAfter));
    }
  });

  test('takes another when one has ended', async () => {
    const [first] = [await post(), await post(), await post()];
    expect((await post()).status).toBe(429);
    await cancel(locationOf(first));
    expect((await accepted(post)).status).toBe(202);
    expect((await post()).status).toBe(429);
  });

  test('of a batch takes as many as there is room for, and tells the others for themselves', async () => {
    await post();
    const unknown = { image: '00000000-0000-7000-8000-000000000000', operations };
    const tasks = [{ image, operations }, unknown, { image, operations: [] }, ...Array(3).fill({ image, operations })];
    const reply = await client.post('/images/tasks/batch', { tasks });
    expect(statuses(reply)).toEqual([202, 422, 422, 429, 429, 429]);
    expect(reply.json.results[3].problem).toMatchObject({
      type: expect.stringMatching('/problems/queue-full'),
      retryAfter: expect.any(Number),
    });
    // What named no image had a place until that was found out.
    expect([(await post()).status, (await post()).status]).toEqual([202, 429]);
  });

  test('has no room for a minted task, nor for one that is tried again: both stay as they are', async () => {
    const minted = locationOf(await client.call('POST', '/images/tasks'));
    const filled = locationOf(await client.call('POST', '/images/tasks'));
    await put(filled);
    const [first, second] = [locationOf(await post()), locationOf(await post())];
    await cancel(first);
    const third = locationOf(await accepted(post));

    expect((await put(minted)).status).toBe(429);
    expect((await client.call('POST', `${first}/retry`)).status).toBe(429);
    const { pathname } = new URL(`${first}/retry`);
    const invocation = locationOf(await client.post('/reservations', { for: pathname }));
    expect((await client.call('PUT', invocation)).status).toBe(429);
    expect((await client.get(`${first}/status`)).json.state).toBe('cancelled');
    // The same again is no other task, and needs no place.
    expect((await put(filled)).status).toBe(200);

    await cancel(second);
    expect((await accepted(() => put(minted))).status).toBe(202);
    await cancel(third);
    expect((await accepted(() => client.call('PUT', invocation))).status).toBe(202);
  });

  test('keeps no refusal under an Idempotency-Key, and tells the first answer again while it is full', async () => {
    const [early, late] = [{ 'Idempotency-Key': '"early"' }, { 'Idempotency-Key': '"late"' }];
    const first = await post(early);
    await post();
    await post();
    const replayed = await post(early);
    expect([replayed.status, locationOf(replayed)]).toEqual([202, locationOf(first)]);
    expect((await post(late)).status).toBe(429);
    await cancel(locationOf(first));
    expect((await accepted(() => post(late))).status).toBe(202);
  });

  test('counts who came while it was counted', async () => {
    const database = new pg.Client({ connectionString: service.database.url });
    await database.connect();
    await database.query('begin');
    await database.query('lock table tasks in access exclusive mode');
    const pending = service.app.get(PendingTasksService, { strict: false });
    const entered = Promise.all(Array.from({ length: 5 }, () => pending.enter('somebody')));
    await database.query('rollback');
    await database.end();
    expect(await entered).toEqual([undefined, undefined, undefined, 'ofOwner', 'ofOwner']);
    expect(await pending.enter('somebody else')).toBeUndefined();
    pending.settle('somebody', 'nothing');
    expect([await pending.enter('somebody'), await pending.enter('somebody')]).toEqual([undefined, 'ofOwner']);
  });
});

test('the queue of all owners has an end too, which is no fault of the caller', async () => {
  await begin({ QUEUE_TASKS_MAX: '1' });
  const minted = locationOf(await client.call('POST', '/images/tasks'));
  const first = locationOf(await post());
  const refused = await post();
  expect([refused.status, refused.json.type]).toEqual([503, `${client.origin}/problems/service-queue-full`]);
  expect((await put(minted)).status).toBe(503);
  expect(statuses(await client.post('/images/tasks/batch', { tasks: [{ image, operations }] }))).toEqual([503]);
  await cancel(first);
  await accepted(post);
  expect((await client.call('POST', `${first}/retry`)).status).toBe(503);
  const { pathname } = new URL(`${first}/retry`);
  const invocation = locationOf(await client.post('/reservations', { for: pathname }));
  expect((await client.call('PUT', invocation)).status).toBe(503);
});

test('what is the same as another task that was done leaves its place to the next', async () => {
  await begin({ QUEUE_TASKS_MAX: '1' }, { worker: true, equalWork: true });
  await service.ended(locationOf(await post()));
  await accepted(post);
  for (let time = 0; time < 5; time++) expect((await post()).status).toBe(303);
});
