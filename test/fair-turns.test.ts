import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AcceptancesRepository } from '../src/tasks/acceptances.repository.js';
import { TaskWorkService } from '../src/tasks/task-work.service.js';
import { heldSql, oldestSql, takeTurnSql } from '../src/tasks/turns.js';
import { TurnsRepository } from '../src/tasks/turns.repository.js';
import { WorkerModule } from '../src/worker.module.js';
import { acceptancesOf } from './support/acceptances.js';
import { type Client } from './support/client.js';
import { migrationSql } from './support/migration-sql.js';
import { png } from './support/pictures.js';
import { Service } from './support/service.js';

let service: Service;
let context: INestApplicationContext;
let source: DataSource;
let work: TaskWorkService;
let acceptances: AcceptancesRepository;

beforeAll(async () => {
  service = await Service.start({ environment: { SWEEP_SECONDS: '3600' } });
  context = await NestFactory.createApplicationContext(WorkerModule.forRoot(service.config, service.database.url), {
    logger: false,
  });
  source = context.get(DataSource);
  work = context.get(TaskWorkService);
  acceptances = new AcceptancesRepository(source);
});
afterAll(async () => {
  await context.close();
  await service.stop();
});

const empty = (): Promise<unknown> => source.query('truncate tasks, turns, graphile_worker._private_jobs');
const ask = (owner: string, count = 1) => acceptances.accept(acceptancesOf(owner, count), false);
const jobs = (): Promise<{ id: string; taskId: string }[]> =>
  source.query(`select id, payload ->> 'taskId' as "taskId" from graphile_worker._private_jobs order by run_at, id`);

describe('through HTTP, with a worker', () => {
  let [many, few]: Client[] = [];
  const operations = [{ operation: 'flip' }];

  beforeAll(async () => {
    [many, few] = [await service.key({ owner: 'many' }), await service.key({ owner: 'few' })];
  });

  test('two thousand tasks of one owner have the first of another wait for one in each place of a worker at most', async () => {
    if (many === undefined || few === undefined) throw new Error('no clients');
    const bytes = await png({ width: 4, height: 4, seed: 1 });
    const image = await service.store(bytes, 'image/png', many);
    const tasks = Array.from({ length: 1000 }, () => ({ image, operations }));
    for (const _batch of [1, 2]) expect((await many.post('/images/tasks/batch', { tasks })).status).toBe(200);
    const own = await service.store(bytes, 'image/png', few);
    const { links, estimate } = (await few.post('/images/tasks', { image: own, operations })).json;
    // As if one was being done already.
    expect(estimate.ahead).toBe(2);
    expect((await many.post('/images/tasks', { image, operations })).json.estimate.ahead).toBeGreaterThan(1900);
    await service.startWorker();
    expect((await service.ended(links.self, {}, few)).status).toBe(303);
    await service.stopWorker();
    const [before]: { tasks: number }[] = await source.query(
      `select count(*)::int as tasks from tasks
       where owner = 'many' and started_at < (select started_at from tasks where owner = 'few')`,
    );
    // A worker holds one task more than it has places.
    expect(before?.tasks).toBeLessThanOrEqual(service.config.WORKER_CONCURRENCY + 1);
  });
});

describe('a task', () => {
  beforeEach(empty);

  test('that is taken stays with its job, which takes it again and no other', async () => {
    await ask('anna', 2);
    const [job = { id: '', taskId: '' }] = await jobs();
    const first = await work.start(job);
    const again = await work.start(job);
    expect([again?.id, again?.attempt]).toEqual([first?.id, 2]);
  });

  test('that is cancelled leaves a job that does nobody harm', async () => {
    const [gone, stays] = await ask('anna', 2);
    await source.query("update tasks set state = 'cancelled' where id = $1", [gone?.id]);
    const [first = { id: '', taskId: '' }, second = { id: '', taskId: '' }] = await jobs();
    expect((await work.start(first))?.id).toBe(stays?.id);
    expect(await work.start(second)).toBeNull();
  });

  test('whose owner is taken out of the line at the very moment waits in it', async () => {
    await ask('anna');
    const turns = context.get(TurnsRepository);
    await turns.take();
    await source.query("update tasks set state = 'cancelled'");
    await source.transaction(async (tx) => {
      const [asked] = await acceptances.accept(acceptancesOf('anna', 1), false, tx);
      // Nothing of hers is to be seen. Her place is left alone all the same.
      await turns.tidy();
      expect(await source.query('select owner from turns')).toEqual([{ owner: 'anna' }]);
      expect(asked).toBeDefined();
    });
    const [, job = { id: '', taskId: '' }] = await jobs();
    expect(await work.start(job)).not.toBeNull();
  });

  test('that an older version has accepted, in nobody’s line, is done by its job', async () => {
    const [task] = await ask('anna');
    await source.query('delete from turns');
    const [job = { id: '', taskId: '' }] = await jobs();
    expect((await work.start(job))?.id).toBe(task?.id);
  });

  test('whose job is gone has another after the next sweep', async () => {
    const [begun] = await ask('anna', 3);
    const [job = { id: '', taskId: '' }] = await jobs();
    expect((await work.start(job))?.id).toBe(begun?.id);
    await source.query('delete from graphile_worker._private_jobs');
    await work.sweep(new Date(), 1);
    const started = new Set<string | undefined>();
    for (const each of await jobs()) started.add((await work.start(each))?.id);
    expect(started.size).toBe(3);
    await work.sweep(new Date(), 1);
    expect(await jobs()).toHaveLength(3);
  });

  test('that waited or ran when turns were introduced, or given up again, is done', async () => {
    const ids = (await ask('anna', 3)).map(({ id }) => id);
    const [job = { id: '', taskId: '' }] = await jobs();
    const running = await work.start(job);
    await source.query(await migrationSql('turns', 'down'));
    const named = (await jobs()).map(({ taskId }) => taskId);
    await source.query(await migrationSql('turns', 'up'));
    expect(named).toEqual(ids);
    const started = [];
    for (const each of await jobs()) started.push((await work.start(each))?.id);
    expect(started).toEqual(ids);
    expect(running?.id).toBe(ids[0]);
  });
});

describe('of a hundred thousand tasks', () => {
  beforeAll(async () => {
    await empty();
    await source.query(
      `insert into tasks (id, owner, operations, image_digest, estimate)
       select uuidv7(), case when n <= 80000 then 'anna' else 'owner ' || n / 10 end, '[]', 'none', 1
       from generate_series(1, 100000) as n`,
    );
    await source.query('insert into turns (owner) select distinct owner from tasks');
    await source.query('analyze tasks, turns');
  });

  /** The plan as it went, and the pages that it has touched. */
  async function planOf(sql: string, ...parameters: string[]): Promise<{ plan: string; pages: number }> {
    const connection = source.createQueryRunner();
    await connection.startTransaction();
    try {
      const rows: Record<string, string>[] = await connection.query(`explain (analyze, buffers) ${sql}`, parameters);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      // The first line that tells is of the whole.
      const [, hit = '0', read = '0'] = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(plan) ?? [];
      return { plan, pages: Number(hit) + Number(read) };
    } finally {
      await connection.rollbackTransaction();
      await connection.release();
    }
  }

  test.each([
    ['whose turn it is', takeTurnSql, [], /turns_place/],
    ['the oldest of an owner', oldestSql, ['anna'], /tasks_waiting/],
    ['what a job has taken', heldSql, ['1', randomUUID()], /tasks_held/],
  ])('%s is found by an index, in few pages', async (_what, sql, parameters, index) => {
    const { plan, pages } = await planOf(sql, ...parameters);
    expect(plan).toMatch(index);
    expect(plan).not.toMatch(/Seq Scan on tasks|tasks_pending/);
    expect(pages).toBeLessThan(100);
  });
});
