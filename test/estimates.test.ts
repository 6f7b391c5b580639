import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Rate } from '../src/processing/rates.js';
import { workerLockClass } from '../src/queue/worker-lock.js';
import { spreadLesson, spreadOf } from '../src/tasks/spread.js';
import { pingAfter, retryAfterSeconds } from '../src/tasks/task.js';
import { type Reply } from './support/client.js';
import { jpeg } from './support/pictures.js';
import { Service } from './support/service.js';

describe('when it makes sense to ask again', () => {
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
  const task = { estimate: 2, wait: 3, p90: 12, ahead: 1, queuedAt: at(0.4), startedAt: null };
  const pings = (moments: number[], of: Parameters<typeof pingAfter>[0] = task) =>
    moments.map((moment) => (pingAfter(of, at(moment)).getTime() - at(0).getTime()) / 1000);

  test('is when half of such tasks have ended, then when nine in ten have, then ever more rarely', () => {
    expect(pings([0.4, 3, 5.9, 6, 12.9, 13, 24.9, 25, 49])).toEqual([6, 6, 6, 13, 13, 25, 25, 49, 97]);
  });

  test('depends on nothing but its own work once it runs', () => {
    expect(pings([1.7, 3.9, 4, 13], { ...task, startedAt: at(1.7) })).toEqual([4, 4, 13, 25]);
  });

  test('is a whole second ahead, also of a task of which nothing is known', () => {
    expect(pings([0.4, 2, 2.5], { ...task, estimate: 0, wait: 0, p90: 0 })).toEqual([1, 3, 3]);
  });

  test('is told as whole seconds, at least one and at most ten minutes', () => {
    expect(retryAfterSeconds(pingAfter(task, at(0.4)), at(0.4))).toBe(6);
    expect(retryAfterSeconds(pingAfter(task, at(5.95)), at(5.95))).toBe(1);
    expect(retryAfterSeconds(pingAfter({ ...task, wait: 7200 }, at(1)), at(1))).toBe(600);
  });
});

describe('how far the p90 lies from the p50', () => {
  const task = { estimate: 0.7, wait: 0.3 };

  /** Takes tasks of these seconds in turn, again and again. @returns the share of the last half that took longer than told */
  const missed = (seconds: number[], rates: Map<string, Rate>): number => {
    const misses: boolean[] = [];
    for (const each of Array.from({ length: 20 }, () => seconds).flat()) {
      misses.push(each > spreadOf(rates));
      const { kind, rate, factor } = spreadLesson(task, rates, each);
      rates.set(kind, { rate: rate * factor, evidence: 1 });
    }
    const last = misses.slice(-misses.length / 2);
    return last.filter(Boolean).length / last.length;
  };

  /** Twenty quantiles of the normal distribution, in no order. */
  const normal = [
    ...[-0.19, 1.96, -1.15, 0.45, -0.6, 0.76, -0.06, 1.44, -1.44, 0.32],
    ...[-0.93, 0.93, -0.45, 0.06, 1.15, -1.96, 0.6, -0.32, 0.19, -0.76],
  ];

  test.each([0.05, 0.2, 0.5])('comes to where nine in ten do not take longer, at a deviation of %d', (deviation) => {
    const seconds = normal.map((quantile) => Math.exp(quantile * deviation));
    const share = missed(seconds, new Map());
    expect(share).toBeGreaterThanOrEqual(0.05);
    expect(share).toBeLessThanOrEqual(0.15);
  });

  test('is little where all is as expected, and finds back from there', () => {
    const rates = new Map<string, Rate>();
    missed([0.2, 0.9, 1, 0.5, 1], rates);
    expect(spreadOf(rates)).toBeGreaterThanOrEqual(1);
    expect(spreadOf(rates)).toBeLessThan(1.1);
    missed([2], rates);
    expect(spreadOf(rates)).toBeGreaterThan(2);
  });

  test('believes no accident', () => {
    const rates = new Map<string, Rate>();
    missed([1, 1e9, 0, 1], rates);
    expect(spreadOf(rates)).toBeLessThan(10);
  });
});

const operations = [
  { operation: 'resize', width: 300 },
  { operation: 'convert', format: 'webp' },
];

/** Asks until it is so: what is known of the queue is half a second old at most. */
async function until<T>(query: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await query();
    if (holds(value)) return value;
  }
}

/** A service, its database, and an image in it. */
async function start(options: { worker?: boolean } = {}) {
  const service = await Service.start(options);
  const database = new pg.Client({ connectionString: service.database.url });
  await database.connect();
  const bytes = await jpeg({ width: 1200, height: 900, seed: 9 });
  const { id } = (await service.client.post('/images', bytes, { 'Content-Type': 'image/jpeg' })).json;
  return {
    service,
    database,
    ask: async (headers: Record<string, string> = {}): Promise<Reply['json']> => {
      const { status, text, json } = await service.client.post('/images/tasks', { image: id, operations }, headers);
      if (status !== 202) throw new Error(`${status} ${text}`);
      return json;
    },
    stop: async () => {
      await database.end();
      await service.stop();
    },
  };
}

describe('without a worker', () => {
  let it: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    it = await start();
    // So much that the time that passes here is nothing.
    await it.database.query("insert into durations (kind, rate, evidence) values ('task', 1000, 1)");
  });
  afterAll(() => it.stop());

  test('each task has one more ahead of it, and waits for all of them', async () => {
    const estimates = [await it.ask(), await it.ask(), await it.ask()].map(({ estimate }) => estimate);
    expect(estimates.map(({ ahead }) => ahead)).toEqual([0, 1, 2]);
    const [first, second, third] = estimates;
    expect(second.p50).toBeGreaterThan(first.p50);
    expect(third.p50).toBeGreaterThan(second.p50);
    expect(third.p90).toBeGreaterThanOrEqual(third.p50);
  });

  test('nobody waits for equal work that another does', async () => {
    const shared = { 'Cache-Control': '' };
    const { estimate } = await it.ask(shared);
    for (const follower of await Promise.all(Array.from({ length: 10 }, () => it.ask(shared)))) {
      expect(follower.estimate.ahead).toBe(estimate.ahead);
    }
    expect((await it.ask()).estimate.ahead).toBe(estimate.ahead + 1);
  });

  test('those who come at once are taken in the order in which they were told to wait', async () => {
    await Promise.all(Array.from({ length: 40 }, () => it.ask()));
    const { rows } = await it.database.query<{ ahead: number[] }>(
      // Each group was committed at a moment of its own.
      'select array_agg(ahead order by queued_at) as ahead from tasks group by created_at',
    );
    expect(Math.max(...rows.map(({ ahead }) => ahead.length))).toBeGreaterThan(1);
    for (const { ahead } of rows) expect(ahead).toEqual(ahead.toSorted((a, b) => a - b));
  });

  test('what is expected does not change while it waits, nor does the entity tag', async () => {
    const { rows } = await it.database.query<{ id: string }>(
      `insert into tasks (id, owner, operations, image_digest, estimate, wait, p90, ahead)
       values (uuidv7(), 'local', '[]', repeat('e', 64), 1, 1000, 3000, 7) returning id`,
    );
    const task = `/images/tasks/${rows[0]?.id}`;
    const [once, again] = [await it.service.client.get(task), await it.service.client.get(task)];
    expect(once.json.estimate).toMatchObject({ p50: 1001, p90: 3000, ahead: 7 });
    expect(once.headers['retry-after']).toBe('600');
    expect(again.headers.etag).toBe(once.headers.etag);
  });

  test('a retry waits at the end of the queue as it is then', async () => {
    const { links } = await it.ask();
    await it.service.client.call('POST', `${links.self}/cancel`);
    const later = await it.ask();
    const retried = (await it.service.client.call('POST', `${links.self}/retry`)).json;
    expect(retried.estimate.ahead).toBeGreaterThan(0);
    expect(Date.parse(retried.estimate.pingAfter)).toBeGreaterThanOrEqual(Date.parse(later.estimate.pingAfter));
    const { rows } = await it.database.query('select queued_at > created_at as later from tasks where id = $1', [
      retried.id,
    ]);
    expect(rows).toEqual([{ later: true }]);
  });
});

test('the slots of a worker count while it lives, and a dead one has none', async () => {
  const { database, ask, stop } = await start();
  await database.query(`insert into tasks (id, owner, operations, image_digest, estimate)
    select uuidv7(), 'local', '[]', repeat('f', 64), 1000 from generate_series(1, 10)`);
  await database.query("insert into workers (id, slots) values ('a worker', 100)");
  const p50 = async (): Promise<number> => (await ask()).estimate.p50;
  const onOneSlot = (seconds: number) => seconds > 9000 && seconds < 11_000;
  await until(p50, onOneSlot);
  await database.query("select pg_advisory_lock_shared($1, hashtext('a worker'))", [workerLockClass]);
  await until(p50, (seconds) => seconds < 1000);
  await database.query('select pg_advisory_unlock_all()');
  await until(p50, onOneSlot);
  await stop();
});

describe('with a worker', () => {
  let it: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    it = await start({ worker: true });
  });
  afterAll(() => it.stop());

  test('it is registered, and those who died are not for long', async () => {
    await it.database.query("insert into workers (id, slots) values ('a dead one', 100)");
    const slots = async () => (await it.database.query<{ slots: number }>('select slots from workers')).rows;
    expect(await until(slots, (workers) => workers.length === 1)).toEqual([{ slots: 2 }]);
  });

  test('what work has taken is in the database, and from it the same work is estimated', async () => {
    const { links } = await it.ask();
    await it.service.ended(links.self);
    const kinds = async () =>
      (await it.database.query<{ kind: string }>('select kind from durations order by kind')).rows;
    expect((await until(kinds, (found) => found.length > 0)).map(({ kind }) => kind)).toEqual([
      'machine',
      'p90',
      'shrink jpeg',
      'task',
      'write webp',
    ]);
    await it.database.query("update durations set rate = 1000, evidence = 0 where kind = 'task'");
    // Nothing takes a thousand seconds here: each task that ends brings the rate down, and the estimate follows.
    const again = async () => {
      const asked = await it.ask();
      await it.service.ended(asked.links.self);
      const { rows } = await it.database.query<{ rate: number }>("select rate from durations where kind = 'task'");
      return { rate: rows[0]?.rate ?? NaN, p50: asked.estimate.p50 };
    };
    await until(again, ({ rate, p50 }) => rate < 10 && p50 < 50);
  });
});
