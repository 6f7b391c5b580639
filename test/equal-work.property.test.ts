import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import pg from 'pg';
import { BlobStore } from '../src/storage/blob-store.js';
import { TaskWorkService } from '../src/tasks/task-work.service.js';
import { waitingSql } from '../src/tasks/turns.js';
import { WorkerModule } from '../src/worker.module.js';
import { png } from './support/pictures.js';
import { Service } from './support/service.js';

/** What may happen to tasks that want the same, several at once. A number chooses among those that there are. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: 'ask' as const, of: 0 }) },
  { weight: 1, arbitrary: fc.constant({ do: 'ask, fresh' as const, of: 0 }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('cancel' as const, 'delete' as const, 'retry' as const, 'begin' as const),
      of: fc.nat(20),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('do well' as const, 'fail' as const), of: fc.nat(20) }) },
);
const histories = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 });
type Step = { do: 'ask' | 'ask, fresh' | 'cancel' | 'delete' | 'retry' | 'begin' | 'do well' | 'fail'; of: number };

interface Job {
  id: string;
  taskId: string;
}

let service: Service;
let context: INestApplicationContext;
let work: TaskWorkService;
let database: pg.Pool;
let seed = 9_000;

beforeAll(async () => {
  // Nobody works but this test, a step at a time.
  service = await Service.start({ equalWork: true });
  context = await NestFactory.createApplicationContext(WorkerModule.forRoot(service.config, service.database.url), {
    logger: false,
  });
  work = context.get(TaskWorkService);
  database = new pg.Pool({ connectionString: service.database.url, max: 4 });
});
afterAll(async () => {
  await database.end();
  await context.close();
  await service.stop();
});

const jobs = async (): Promise<Job[]> => {
  const { rows } = await database.query<Job>(
    `select job.id, payload ->> 'taskId' as "taskId"
     from graphile_worker._private_jobs as job join graphile_worker._private_tasks as kind on kind.id = job.task_id
     where kind.identifier = 'process-task' order by run_at, job.id`,
  );
  return rows;
};

/** As a worker does it: whoever holds the latest attempt ends the task; the job stays while it has one that is not ended. */
async function perform(job: Job, end: 'do well' | 'fail'): Promise<void> {
  const task = await work.start(job);
  if (task !== null && end === 'fail') await work.fail(task, 'operation-failed', 'as the test wanted');
  if (task !== null && end === 'do well') {
    const blobs = context.get(BlobStore);
    const path = blobs.temporary();
    await writeFile(path, await png({ width: 4, height: 4, seed: (seed += 1) }));
    const header = { mediaType: 'image/png', width: 4, height: 4, pages: 1 };
    if (!(await work.succeed(task, { ...(await blobs.measure(path)), header }))) await blobs.discard({ path });
  }
  if (!(await work.holds(job)))
    await database.query('delete from graphile_worker._private_jobs where id = $1', [job.id]);
}

async function take({ do: what, of }: Step, image: string): Promise<void> {
  const { client } = service;
  const ids = (await database.query<{ id: string }>('select id from tasks order by id')).rows.map(({ id }) => id);
  const task = `/images/tasks/${ids[of % Math.max(ids.length, 1)]}`;
  switch (what) {
    case 'ask':
    case 'ask, fresh': {
      const body = { image, operations: [{ operation: 'flip' }], callback: { url: 'https://receiver.example/' } };
      const reply = await client.post('/images/tasks', body, what === 'ask' ? {} : { 'Cache-Control': 'no-cache' });
      expect([202, 303]).toContain(reply.status);
      return;
    }
    case 'cancel':
    case 'retry':
      if (ids.length > 0) await client.call('POST', `${task}/${what}`);
      return;
    case 'delete':
      if (ids.length > 0) await client.call('DELETE', task);
      return;
    case 'begin':
    case 'do well':
    case 'fail': {
      const there = await jobs();
      const job = there[of % Math.max(there.length, 1)];
      if (job === undefined) return;
      if (what === 'begin') await work.start(job);
      else await perform(job, what);
      return;
    }
    default:
      what satisfies never;
  }
}

/** Each that holds for whatever has happened, as the rows that break it. */
const laws = {
  'a pending task does its own work, or follows one that leads': `
    select id from tasks where state = 'pending' and leader <> id and not exists (
      select from tasks as doer where doer.id = tasks.leader and doer.leader = doer.id and doer.state = 'pending')`,
  'a task that was begun has its job': `
    select id from tasks where state = 'pending' and job is not null
    and job not in (select id from graphile_worker._private_jobs)`,
  'there are no fewer jobs for those who wait': `
    with waiting as (select count(*) from tasks where ${waitingSql('tasks')}),
    free as (select count(*) from graphile_worker._private_jobs where id not in (
      select job from tasks where state = 'pending' and job is not null))
    select * from waiting, free where waiting.count > free.count`,
  'one task at most leads a work': `
    select work_digest from tasks where state = 'pending' and leader = id group by work_digest having count(*) > 1`,
  'a task that follows shows what its leader does': `
    select tasks.id from tasks join tasks as leader on leader.id = tasks.leader
    where tasks.state = 'pending' and tasks.id <> leader.id and tasks.started_at is distinct from leader.started_at`,
  'each end is told once, and no other': `
    select tasks.id from tasks left join alerts on alerts.task_id = tasks.id and alerts.round = tasks.round
    where (tasks.state <> 'pending') <> (alerts.task_id is not null)`,
  'an outcome is there, with the bytes that were made': `
    select tasks.id from tasks left join images on images.id = outcome_id and images.digest = outcome_digest
    where tasks.state = 'ok' and images.id is null`,
};

async function expectLaws(): Promise<void> {
  for (const [law, sql] of Object.entries(laws)) expect([law, (await database.query(sql)).rows]).toEqual([law, []]);
}

test('whatever happens to tasks that want the same, and whatever of it at once, each is worked for and told of once', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      await database.query('truncate tasks, turns, alerts, deliveries, graphile_worker._private_jobs');
      const image = await service.store(await png({ width: 4, height: 4, seed: (seed += 1) }), 'image/png');
      for (const together of history) {
        await Promise.all(together.map((each) => take(each, image)));
        // Of two that run the same job at once, as after a worker was thought dead, one may have ended it for both.
        await work.sweep(new Date(0), 0);
        await expectLaws();
      }
      // Two that ran the same job at once may have begun a task each.
      for (let left = await jobs(); left.length > 0; left = await jobs()) {
        for (const job of left) await perform(job, 'do well');
      }
      const { rows } = await database.query("select id from tasks where state = 'pending' and attempts_left > 0");
      expect(rows).toEqual([]);
      await expectLaws();
    }),
    { numRuns: 25 },
  );
}, 120_000);
