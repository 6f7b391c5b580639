import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { acceptSql, inputOf } from '../src/tasks/acceptance.js';
import { equalsSql } from '../src/tasks/acceptances.repository.js';
import { EstimatesRepository } from '../src/tasks/estimates.repository.js';
import { followingSql } from '../src/tasks/tasks.repository.js';
import { type Client, formData, type Reply } from './support/client.js';
import { migrationSql } from './support/migration-sql.js';
import { jpeg, png } from './support/pictures.js';
import { Service } from './support/service.js';

const small = [
  { operation: 'resize', width: 20 },
  { operation: 'convert', format: 'webp' },
];
const failing = [{ operation: 'crop', left: 1000, top: 0, width: 10, height: 10 }];

let service: Service;
let client: Client;
let database: pg.Client;
let seed = 5_000;
let image: string;

beforeAll(async () => {
  service = await Service.start({ equalWork: true, environment: { SWEEP_SECONDS: '3600' } });
  client = service.client;
  database = new pg.Client({ connectionString: service.database.url });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await service.stop();
});
beforeEach(async () => {
  image = (await client.post('/images', await png({ seed: (seed += 1) }), { 'Content-Type': 'image/png' })).json.id;
});

const ask = (more: object = {}, headers: Record<string, string> = {}): Promise<Reply> =>
  client.post('/images/tasks', { image, operations: small, ...more }, headers);
const statusOf = async (task: Reply): Promise<Reply['json']> =>
  (await client.get(`/images/tasks/${task.json.id}/status`)).json;
const ended = async (task: Reply): Promise<Reply> => service.ended(`/images/tasks/${task.json.id}`);
/** Tasks that still have a job. */
const queued = async (): Promise<string[]> => {
  const { rows } = await database.query<{ task: string }>(
    `select payload ->> 'taskId' as task from graphile_worker._private_jobs
     join graphile_worker._private_tasks on _private_tasks.id = task_id
     where identifier = 'process-task' and (payload ->> 'round')::int >= 0`,
  );
  return rows.map(({ task }) => task);
};
const outcomesOf = async (): Promise<number> =>
  Number(
    (
      await database.query<{ count: string }>(
        'select count(*) from images where task_id in (select id from tasks where image_id = $1)',
        [image],
      )
    ).rows[0]?.count,
  );

describe('work that was done before', () => {
  beforeAll(() => service.startWorker());
  afterAll(() => service.stopWorker());

  test('is answered with 303 to its outcome, and the task that has done it', async () => {
    const first = await ask();
    const done = await ended(first);
    const again = await ask();
    expect([first.status, again.status]).toEqual([202, 303]);
    expect(again.headers).toMatchObject({
      location: done.headers.location,
      'content-location': first.headers.location,
      'cache-control': 'no-store',
    });
    expect(again.headers['retry-after']).toBeUndefined();
    expect(again.json).toMatchObject({ id: first.json.id, state: 'ok' });
    expect((await client.get(again.headers.location ?? '')).status).toBe(200);
    expect(await outcomesOf()).toBe(1);
  });

  test('is known again by defaults, the order of members, the notation of colours, XML, and the bytes sent once more', async () => {
    const contain = { operation: 'resize', width: 20, height: 20, fit: 'contain', background: 'white' };
    const first = await ask({ operations: [contain] });
    await ended(first);
    const spellings = [
      { kernel: 'lanczos3', ...contain, background: '#FFF' },
      { background: '#ffffffff', fit: 'contain', height: 20, width: 20, position: 'centre', operation: 'resize' },
    ];
    for (const operation of spellings) {
      expect((await ask({ operations: [operation] })).headers['content-location']).toBe(first.headers.location);
    }
    const xml = `<task><image href="/images/${image}"/><operations><resize width="20" height="20" fit="contain" background="#ffffff"/></operations></task>`;
    const spoken = await client.post('/images/tasks', xml, { 'Content-Type': 'application/xml' });
    expect([spoken.status, spoken.headers['content-location']]).toEqual([303, first.headers.location]);
    const sent = await client.postForm('/images/tasks', {
      task: JSON.stringify({ operations: [contain] }),
      image: { filename: 'x', mediaType: 'image/png', bytes: await png({ seed }) },
    });
    expect([sent.status, sent.headers['content-location']]).toEqual([303, first.headers.location]);
  });

  test('is done again with Cache-Control: no-cache, and the newer outcome is the answer from then on', async () => {
    const first = await ended(await ask());
    const fresh = await ask({}, { 'Cache-Control': 'max-age=0, No-Cache' });
    expect(fresh.status).toBe(202);
    const second = await ended(fresh);
    expect(second.headers.location).not.toBe(first.headers.location);
    expect((await ask()).headers.location).toBe(second.headers.location);
  });

  test.each([
    ['other operations', () => ask({ operations: [...small].reverse() })],
    ['another value', () => ask({ operations: [{ operation: 'resize', width: 21 }, small[1]] })],
    [
      'other bytes',
      async () => {
        const other = await client.post('/images', await jpeg({ seed: (seed += 1) }), { 'Content-Type': 'image/jpeg' });
        return ask({ image: other.json.id });
      },
    ],
  ])('is not that of %s', async (_what, askForIt) => {
    await ended(await ask());
    expect((await askForIt()).status).toBe(202);
  });

  test('counts a watermark by its bytes, whatever it is called', async () => {
    const mark = await png({ width: 8, height: 8, seed: (seed += 1) });
    const store = async (name: string): Promise<string> =>
      (await client.post(`/images?name=${name}`, mark, { 'Content-Type': 'image/png' })).json.id;
    const named = (id: string) => ({ operations: [{ operation: 'watermark', image: `/images/${id}` }] });
    const one = await store(`one-${seed}`);
    const first = await ask(named(one));
    await ended(first);
    expect((await ask(named(await store(`two-${seed}`)))).headers['content-location']).toBe(first.headers.location);
    const replaced = await client.call('PUT', `/images/${one}`, {
      headers: { 'Content-Type': 'image/png', 'If-Match': '*' },
      body: await png({ width: 8, height: 8, seed: (seed += 1) }),
    });
    expect([replaced.status, (await ask(named(one))).status]).toEqual([200, 202]);
  });

  test('is done again where its outcome was deleted, or has other bytes by now', async () => {
    const first = await ended(await ask());
    await client.call('DELETE', first.headers.location ?? '');
    const second = await ask();
    expect(second.status).toBe(202);
    const outcome = (await ended(second)).headers.location ?? '';
    await client.call('PUT', outcome, {
      headers: { 'Content-Type': 'image/png', 'If-Match': '*' },
      body: await png({ seed: (seed += 1) }),
    });
    expect((await ask()).status).toBe(202);
  });

  test('is done again where it has failed', async () => {
    const first = await ask({ operations: failing });
    expect((await ended(first)).json.state).toBe('failed');
    const again = await ask({ operations: failing });
    expect([again.status, again.json.id === first.json.id]).toEqual([202, false]);
  });

  test('keeps its outcome for whoever asked last, and no shorter than was promised before', async () => {
    const first = await ended(await ask({ resultTtl: 100 }));
    const expires = async (): Promise<number> =>
      new Date((await client.get(first.headers.location ?? '')).json.expires).getTime() - Date.now();
    expect(await expires()).toBeLessThanOrEqual(100_000);
    expect((await ask({ resultTtl: 5_000 })).status).toBe(303);
    expect(await expires()).toBeGreaterThan(4_000_000);
    expect((await ask({ resultTtl: 10 })).status).toBe(303);
    expect(await expires()).toBeGreaterThan(4_000_000);
  });

  test('gives a minted URI a task of its own, which has ended at once', async () => {
    const first = await ended(await ask());
    const target = (await client.call('POST', '/images/tasks')).headers.location ?? '';
    const put = () =>
      client.call('PUT', target, {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ image, operations: small }),
      });
    const filled = await put();
    expect([filled.status, filled.json.state, filled.headers.location]).toEqual([202, 'ok', target]);
    expect(filled.headers['retry-after']).toBeUndefined();
    expect((await put()).status).toBe(200);
    const read = await client.get(target);
    expect([read.status, read.headers.location]).toEqual([303, first.headers.location]);
    expect((await queued()).includes(filled.json.id)).toBe(false);
  });

  test('is told to a callback: the task is its own, and has ended at once, in one alert', async () => {
    const first = await ended(await ask());
    const callback = { url: 'https://receiver.example/' };
    const again = await ask({ callback });
    expect([again.status, again.headers.location]).toEqual([303, first.headers.location]);
    expect(again.headers['content-location']).not.toBe(first.headers['content-location']);
    const alerts = (await client.get(`/alerts?task=${again.json.id}`)).json.items;
    expect(alerts).toEqual([expect.objectContaining({ type: 'task.ok' })]);
    const keyed = await ask({ callback }, { 'Idempotency-Key': `told-${seed}` });
    const replayed = await ask({ callback }, { 'Idempotency-Key': `told-${seed}` });
    expect([keyed.status, replayed.status, replayed.json.id]).toEqual([303, 303, keyed.json.id]);
    expect(replayed.headers['idempotency-replayed']).toBe('true');
    expect((await client.get(`/alerts?task=${keyed.json.id}`)).json.items.length).toBe(1);
  });

  test('is the answer under an Idempotency-Key too, and whoever waits has it at once', async () => {
    const first = await ended(await ask());
    for (const headers of [
      { 'Idempotency-Key': `again-${seed}` },
      { 'Idempotency-Key': `again-${seed}` },
      { Prefer: 'wait=20' },
    ]) {
      const reply = await ask({}, headers);
      expect([reply.status, reply.headers.location]).toEqual([303, first.headers.location]);
    }
  });
});

describe('work that is asked for while it waits', () => {
  afterEach(async () => {
    await service.startWorker();
    while ((await client.get('/images/tasks?state=pending&limit=1')).json.items.length > 0);
    await service.stopWorker();
  });

  test('is done once: a hundred at once are tasks of their own, and all come to one outcome', async () => {
    const replies = await Promise.all(Array.from({ length: 100 }, () => ask()));
    expect(replies.filter(({ status }) => status !== 202)).toEqual([]);
    const ids = replies.map(({ json }) => json.id);
    expect(new Set(ids).size).toBe(100);
    expect((await queued()).filter((id) => ids.includes(id)).length).toBe(1);
    await service.startWorker();
    const ends = await Promise.all(replies.map(ended));
    await service.stopWorker();
    expect(new Set(ends.map(({ headers }) => headers.location)).size).toBe(1);
    expect(new Set(ends.map(({ headers }) => headers['content-location'])).size).toBe(100);
    expect(await outcomesOf()).toBe(1);
  });

  test('is done once however it comes: JSON, XML, a form, under a key, into a minted URI', async () => {
    const form = formData({
      task: JSON.stringify({ operations: small }),
      image: { filename: 'x', mediaType: 'image/png', bytes: await png({ seed }) },
    });
    const target = (await client.call('POST', '/images/tasks')).headers.location ?? '';
    const body = JSON.stringify({ image, operations: small });
    const json = { 'Content-Type': 'application/json' };
    const ways = [
      ...Array.from({ length: 5 }, (_, index) => () => ask({}, { 'Idempotency-Key': `way-${seed}-${index}` })),
      ...Array.from(
        { length: 5 },
        () => () => client.post('/images/tasks', form.body, { 'Content-Type': form.contentType }),
      ),
      ...Array.from({ length: 5 }, () => () => ask({ callback: { url: 'https://receiver.example/' } })),
      () => client.call('PUT', target, { headers: json, body }),
    ];
    const replies = await Promise.all(ways.map((way) => way()));
    expect(replies.filter(({ status }) => status !== 202)).toEqual([]);
    const ids = replies.map(({ json: { id } }) => id);
    expect(new Set(ids).size).toBe(16);
    expect((await queued()).filter((id) => ids.includes(id)).length).toBe(1);
  });

  test('shows what the first one does: its estimate, and that it has begun', async () => {
    const first = await ask();
    const second = await ask();
    expect(second.json.estimate).toEqual(first.json.estimate);
    const progress = { operation: 'resize', step: 1, of: 2, percent: 50 };
    await database.query("update tasks set started_at = now(), progress = $2 where id = $1 and state = 'pending'", [
      first.json.id,
      progress,
    ]);
    const third = await ask();
    expect(third.json).toMatchObject({ started: (await statusOf(first)).started, progress });
    await database.query('update tasks set started_at = null, progress = null where id = $1', [first.json.id]);
  });

  test('counts once in the queue', async () => {
    await ask();
    await ask();
    await ask();
    const { queue } = await service.app.get(EstimatesRepository, { strict: false }).outlook();
    expect(queue).toMatchObject({ waiting: [{ tasks: 1 }], running: [] });
  });

  test('goes on where the first one is cancelled, or deleted: the next one does it', async () => {
    const tasks = [await ask(), await ask(), await ask(), await ask()];
    const [first, second, third, fourth] = tasks.map(({ json }) => json.id);
    expect((await client.call('POST', `/images/tasks/${first}/cancel`)).json.state).toBe('cancelled');
    expect((await queued()).filter((id) => [second, third, fourth].includes(id))).toEqual([second]);
    expect((await client.call('DELETE', `/images/tasks/${second}`)).status).toBe(204);
    expect((await queued()).filter((id) => [third, fourth].includes(id))).toEqual([third]);
    const fifth = await ask();
    await service.startWorker();
    const ends = await Promise.all([third, fourth, fifth.json.id].map((id) => service.ended(`/images/tasks/${id}`)));
    await service.stopWorker();
    expect(ends.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(new Set(ends.map(({ headers }) => headers.location)).size).toBe(1);
    expect((await client.get(`/images/tasks/${first}`)).json.state).toBe('cancelled');
  });

  test('is not what one that is cancelled while it follows comes to, and a retry does it for itself', async () => {
    const [first, second] = [await ask(), await ask()];
    await client.call('POST', `/images/tasks/${second.json.id}/cancel`);
    expect((await client.call('POST', `/images/tasks/${second.json.id}/retry`)).status).toBe(202);
    expect((await queued()).filter((id) => [first.json.id, second.json.id].includes(id)).sort()).toEqual(
      [first.json.id, second.json.id].sort(),
    );
    await service.startWorker();
    const ends = await Promise.all([first, second].map(ended));
    await service.stopWorker();
    expect(new Set(ends.map(({ headers }) => headers.location)).size).toBe(2);
  });

  test('fails for all where it fails, each with its alert, and each can be tried again', async () => {
    const callback = { url: 'https://receiver.example/' };
    const tasks = [await ask({ operations: failing }), await ask({ operations: failing, callback })];
    const other = await ask({ operations: failing, callback });
    await service.startWorker();
    for (const task of [...tasks, other]) {
      expect((await ended(task)).json).toMatchObject({ state: 'failed', problem: 'operation-failed' });
    }
    for (const task of [tasks[1], other]) {
      expect((await client.get(`/alerts?task=${task?.json.id}`)).json.items.length).toBe(1);
    }
    expect((await client.call('POST', `/images/tasks/${other.json.id}/retry`)).status).toBe(202);
    expect((await ended(other)).json.state).toBe('failed');
    expect((await client.get(`/alerts?task=${other.json.id}`)).json.items.length).toBe(2);
    await service.stopWorker();
  });

  test('keeps its outcome as long as the one of them that asked for longest, and lets go whoever waits', async () => {
    await ask({ resultTtl: 10 });
    await ask({ resultTtl: 5_000 });
    const waiting = ask({ resultTtl: 20 }, { Prefer: 'wait=30' });
    await service.waiting(1);
    await service.startWorker();
    const done = await waiting;
    await service.stopWorker();
    expect(done.status).toBe(303);
    const { expires } = (await client.get(done.headers.location ?? '')).json;
    expect(new Date(expires).getTime() - Date.now()).toBeGreaterThan(4_000_000);
  });

  test('is done for each who says no-cache, and nobody follows those', async () => {
    const fresh = { 'Cache-Control': 'no-cache' };
    const tasks = [await ask({}, fresh), await ask({}, fresh), await ask(), await ask()].map(({ json }) => json.id);
    expect((await queued()).filter((id) => tasks.includes(id)).sort()).toEqual(tasks.slice(0, 3).sort());
  });
});

test('however many follow, the next one leads them all when the first is cancelled', async () => {
  const [leader, heir] = [(await ask()).json.id, (await ask()).json.id];
  // More than a statement has parameters.
  await database.query(
    `insert into tasks (id, owner, operations, image_id, image_digest, inputs, work_digest, leader, estimate, wait, p90, ahead, attempts_left)
     select uuidv7(), owner, operations, image_id, image_digest, inputs, work_digest, leader, estimate, wait, p90, ahead, attempts_left
     from tasks, generate_series(1, 66000) where id = $1`,
    [leader],
  );
  expect((await client.call('POST', `/images/tasks/${leader}/cancel`)).status).toBe(200);
  const { rows } = await database.query(
    'select leader, count(*)::int from tasks where image_id = $1 group by leader order by count',
    [image],
  );
  expect(rows).toEqual([
    { leader, count: 1 },
    { leader: heir, count: 66_001 },
  ]);
  expect(await queued()).toContain(heir);
  // Nobody listens for these: without the trigger that tells of each.
  await database.query('set session_replication_role = replica');
  await database.query('delete from tasks where image_id = $1', [image]);
  await database.query('set session_replication_role = origin');
});

test('a build that knows no equal work does that of all who follow: none of them is forgotten', async () => {
  const tasks = [await ask(), await ask(), await ask()].map(({ json }) => json.id);
  const ours = async (): Promise<string[]> => (await queued()).filter((id) => tasks.includes(id)).sort();
  expect(await ours()).toEqual(tasks.slice(0, 1));
  await database.query(await migrationSql('equal_work', 'down'));
  const queuedThen = await ours();
  await database.query(await migrationSql('equal_work', 'up'));
  expect(queuedThen).toEqual(tasks.sort());
  await service.startWorker();
  const ends = await Promise.all(tasks.map((id) => service.ended(`/images/tasks/${id}`)));
  await service.stopWorker();
  expect(ends.map(({ status }) => status)).toEqual([303, 303, 303]);
});

describe('who wants the same, and who follows', () => {
  /** The plan of a query on a table that is not small. */
  const planOf = async (sql: string, ...parameters: unknown[]): Promise<string> => {
    const { rows } = await database.query<Record<string, string>>(`explain ${sql}`, parameters);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };

  test('is found by an index, however many tasks there are', async () => {
    await database.query(
      `insert into tasks (id, owner, operations, image_digest, estimate, work_digest, leader, state, outcome_id)
       select id, 'local', '[]', 'none', 1, md5(n::text), id, case when n % 2 = 0 then 'ok' else 'pending' end,
              case when n % 2 = 0 then id end
       from (select uuidv7() as id, n from generate_series(1, 20000) as n) as made`,
    );
    await database.query('analyze tasks');
    expect(await planOf(`select id from tasks where ${followingSql('tasks')}`, crypto.randomUUID())).toMatch(
      /tasks_following/,
    );
    const plan = await planOf(equalsSql, ['a'.repeat(64)]);
    expect(plan).toMatch(/tasks_leading/);
    expect(plan).toMatch(/tasks_done/);
    // A list for each column, of none.
    const accepting = await planOf(acceptSql({ queue: true, unlessKnown: true }), ...inputOf([]));
    expect(accepting).toMatch(/tasks_leading on tasks equal[^]*tasks_done on tasks equal/);
    expect(accepting).not.toMatch(/hashed SubPlan|Seq Scan on tasks/);
    await database.query("delete from tasks where image_digest = 'none'");
  });
});
