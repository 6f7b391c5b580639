import { afterEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Reply } from './support/client.js';
import { png } from './support/pictures.js';
import { childNamed, childrenOf } from './support/process-tree.js';
import { ServiceProcess } from './support/process.js';

/** The program as operators run it, and what they do to it. */
let service: ServiceProcess;
afterEach(() => service.stop());

/** Half a second on a core, and several seconds. */
const short = [
  { operation: 'resize', width: 1500 },
  { operation: 'convert', format: 'webp' },
];
const long = [
  { operation: 'resize', width: 1000 },
  { operation: 'convert', format: 'avif', effort: 3 },
];

/** It is not to end before it is killed, however late the test gets its turn. */
const endless = [
  { operation: 'resize', width: 3000 },
  { operation: 'convert', format: 'avif', effort: 6 },
];

const accept = async (count: number, work = short): Promise<string[]> => {
  const bytes = await png({ width: 600, height: 400 });
  const image = await service.client.post('/images', bytes, { 'Content-Type': 'image/png' });
  const replies = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      service.client.post('/images/tasks', {
        image: image.json.id,
        operations: [{ operation: 'rotate', angle: index }, ...work],
      }),
    ),
  );
  return replies.map(({ headers }) => new URL(headers.location ?? '').pathname);
};

const statusOf = async (task: string): Promise<Reply['json']> => (await service.client.get(`${task}/status`)).json;

/** Waits until a task says so. */
const until = async (task: string, holds: (status: Reply['json']) => boolean): Promise<Reply['json']> => {
  for (;;) {
    const status = await statusOf(task);
    if (holds(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const ended = (task: string) => until(task, ({ state }) => state !== 'pending');

const workerOf = (pid: number): Promise<number> => childNamed(pid, /^darkroom worker/);

const query = async <Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> => {
  const database = new pg.Client({ connectionString: service.database.url });
  await database.connect();
  const { rows } = await database.query<Row>(sql);
  await database.end();
  return rows;
};

const outcomes = async (): Promise<{ tasks: number; outcomes: number }> => {
  const [row] = await query<{ tasks: number; outcomes: number }>(
    'select (select count(*)::int from tasks) as tasks, (select count(*)::int from images where task_id is not null) as outcomes',
  );
  return row ?? { tasks: 0, outcomes: 0 };
};

// The processes are told from each other through /proc.
const onLinux = process.platform === 'linux' ? test : () => undefined;

describe('a worker that is killed', () => {
  onLinux(
    'in the middle of 20 tasks leaves none undone and none done twice',
    async () => {
      service = await ServiceProcess.start();
      const tasks = await accept(20);
      await until(tasks[0] ?? '', ({ started }) => started !== undefined);
      process.kill(await workerOf(service.pid), 'SIGKILL');
      const ends = await Promise.all(tasks.map(ended));
      expect(ends.map(({ state }) => state)).toEqual(Array(20).fill('ok'));
      expect(await outcomes()).toEqual({ tasks: 20, outcomes: 20 });
    },
    90_000,
  );

  onLinux(
    'three times with the same task makes that task fail with a reason',
    async () => {
      service = await ServiceProcess.start({ environment: { WORKER_CONCURRENCY: '1' } });
      const [task = ''] = await accept(1, endless);
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        const before = attempt === 1 ? undefined : (await statusOf(task)).started;
        await until(task, ({ started }) => started !== undefined && started !== before);
        process.kill(await workerOf(service.pid), 'SIGKILL');
      }
      const end = await ended(task);
      expect(end).toMatchObject({ state: 'failed', problem: 'crashed' });
      expect(end.detail).toMatch(/3 times/);
    },
    90_000,
  );

  onLinux(
    'at the last try of a job leaves one more: the task would be pending for good',
    async () => {
      service = await ServiceProcess.start({ environment: { WORKER_CONCURRENCY: '1' } });
      const [task = ''] = await accept(1, long);
      await until(task, ({ started }) => started !== undefined);
      await query('update graphile_worker._private_jobs set attempts = max_attempts where locked_by is not null');
      process.kill(await workerOf(service.pid), 'SIGKILL');
      expect(await ended(task)).toMatchObject({ state: 'ok' });
    },
    60_000,
  );

  onLinux(
    'only in its native child fails nothing: the task is tried again',
    async () => {
      service = await ServiceProcess.start({ environment: { WORKER_CONCURRENCY: '1' } });
      const [task = ''] = await accept(1, long);
      await until(task, ({ started }) => started !== undefined);
      const children = await childrenOf(await workerOf(service.pid), /child\.js/);
      expect(children.length).toBeGreaterThan(0);
      for (const pid of children) process.kill(pid, 'SIGSEGV');
      expect(await ended(task)).toMatchObject({ state: 'ok' });
    },
    60_000,
  );
});

describe('the whole service', () => {
  onLinux(
    'killed and started again ends what was accepted, once each',
    async () => {
      service = await ServiceProcess.start();
      const tasks = await accept(8);
      await service.killAll();
      await service.run();
      const ends = await Promise.all(tasks.map(ended));
      expect(ends.map(({ state }) => state)).toEqual(Array(8).fill('ok'));
      expect(await outcomes()).toEqual({ tasks: 8, outcomes: 8 });
    },
    90_000,
  );

  test('ends on SIGTERM within 10 s with exit code 0, and jobs in hand are done or given back', async () => {
    service = await ServiceProcess.start({ environment: { DRAIN_SECONDS: '1' } });
    const tasks = await accept(6);
    await until(tasks[0] ?? '', ({ started }) => started !== undefined);
    const { code, seconds } = await service.terminate();
    expect(code).toBe(0);
    expect(seconds).toBeLessThan(10);
    // Neither of dead workers nor of what is notified.
    expect(service.output).not.toMatch(/cannot/);
    await service.run();
    const ends = await Promise.all(tasks.map(ended));
    expect(ends.map(({ state }) => state)).toEqual(Array(6).fill('ok'));
    expect(await outcomes()).toEqual({ tasks: 6, outcomes: 6 });
  }, 90_000);

  test('fails a task that takes longer than TASK_SECONDS_MAX, and goes on', async () => {
    service = await ServiceProcess.start({ environment: { TASK_SECONDS_MAX: '1' } });
    const bytes = await png({ width: 3000, height: 2000 });
    const image = await service.client.post('/images', bytes, { 'Content-Type': 'image/png' });
    const heavy = [{ operation: 'convert', format: 'avif', effort: 9, quality: 100 }];
    const task = await service.client.post('/images/tasks', { image: image.json.id, operations: heavy });
    expect(await ended(new URL(task.json.links.self).pathname)).toMatchObject({ state: 'failed', problem: 'timeout' });
    const next = await service.client.post('/images/tasks', {
      image: image.json.id,
      operations: [{ operation: 'resize', width: 10 }],
    });
    expect(await ended(new URL(next.json.links.self).pathname)).toMatchObject({ state: 'ok' });
  }, 60_000);
});
