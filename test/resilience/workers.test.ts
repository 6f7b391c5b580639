import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { mendSql } from '../../src/tasks/turns.js';
import { png } from '../support/pictures.js';
import { childrenOf } from '../support/process-tree.js';
import { ServiceProcess } from '../support/process.js';
import { Service } from '../support/service.js';

/** Workers beside an API: one that hangs in the middle of its work, one whose disk is full. */

let service: Service;
let database: pg.Client;
let worker: ServiceProcess;
let image: string;

beforeAll(async () => {
  service = await Service.start({ environment: { HANG_SECONDS: '2' } });
  database = new pg.Client({ connectionString: service.database.url });
  await database.connect();
  image = await service.store(await png({ width: 900, height: 700 }), 'image/png');
});
afterEach(async () => {
  await worker.stop();
  await service.stopWorker();
});
afterAll(async () => {
  await database.end();
  await service.stop();
});

const start = async (options: { fileKilobytesMax?: number } = {}): Promise<void> => {
  const environment = { HANG_SECONDS: '2', WORKER_CONCURRENCY: '1' };
  worker = await ServiceProcess.start({ role: 'worker', environment, beside: service, ...options });
};

const accept = async (operations: object[]): Promise<string> =>
  (await service.client.post('/images/tasks', { image, operations })).headers.location ?? '';

/** Waits until the row says so. */
const until = async (task: string, holds: (row: { attempt: number; started_at: Date | null }) => boolean) => {
  for (;;) {
    const { rows } = await database.query('select attempt, started_at from tasks where id = $1', [
      task.split('/').at(-1),
    ]);
    if (holds(rows[0])) return rows[0];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** The outcome's row, of which there is one, with its bytes on disk. */
const outcomeOf = async (task: string): Promise<{ digest: string; attempt: number; completed_at: Date }> => {
  const { rows } = await database.query(
    `select images.digest, images.bytes::int, tasks.attempt, tasks.completed_at
     from images join tasks on tasks.id = images.task_id where tasks.id = $1`,
    [task.split('/').at(-1)],
  );
  expect(rows).toHaveLength(1);
  const [{ digest, bytes }] = rows;
  expect((await stat(join(service.dataDir, 'blobs', digest.slice(0, 2), digest))).size).toBe(bytes);
  return rows[0];
};

const nothingInTheMaking = async (): Promise<void> => {
  while ((await service.incoming()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('a worker that hangs longer than its jobs are held for it', () => {
  test.each([1, 2, 3])(
    'is too late when it goes on: the work is done by another, once (round %i)',
    async (round) => {
      await start();
      const task = await accept([
        { operation: 'resize', width: 700 + round },
        { operation: 'convert', format: 'avif', effort: 4 },
      ]);
      await until(task, ({ started_at: started }) => started !== null);
      process.kill(worker.pid, 'SIGSTOP');
      await service.startWorker();
      expect((await service.ended(task)).status).toBe(303);
      const before = await outcomeOf(task);
      expect(before.attempt).toBe(2);
      await service.stopWorker();
      process.kill(worker.pid, 'SIGCONT');
      // It takes away what it has made, and works on as any other.
      await nothingInTheMaking();
      const next = await accept([{ operation: 'rotate', angle: round }]);
      expect((await service.ended(next)).status).toBe(303);
      expect(await outcomeOf(task)).toEqual(before);
    },
    120_000,
  );
});

test('a job that a worker was given by an answer which got lost is freed, and done', async () => {
  const task = await accept([{ operation: 'rotate', angle: 100 }]);
  // Nobody's until there is a worker; then its own, which does not know of it.
  const lock =
    "update graphile_worker._private_jobs set locked_by = $1, locked_at = now() + $2 where payload->>'taskId' = $3";
  const id = task.split('/').at(-1);
  expect((await database.query(lock, ['nobody', '1 hour', id])).rowCount).toBe(1);
  await start();
  const workers = 'select id from workers';
  while ((await database.query(workers)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await database.query(lock, [(await database.query<{ id: string }>(workers)).rows[0]?.id, '-1 minute', id]);
  expect((await service.ended(task)).status).toBe(303);
  expect((await outcomeOf(task)).attempt).toBe(1);
}, 60_000);

test('a task whose job was tried for the last time, and could not even say so, is done by another', async () => {
  const task = await accept([{ operation: 'rotate', angle: 101 }]);
  const id = task.split('/').at(-1);
  // As a worker leaves it whose database went away at the very end.
  const dead =
    "update graphile_worker._private_jobs set attempts = max_attempts where payload->>'taskId' = $1 returning id";
  const { rows } = await database.query<{ id: string }>(dead, [id]);
  await database.query('update tasks set job = $1, started_at = now(), attempt = 1 where id = $2', [rows[0]?.id, id]);
  await database.query(mendSql);
  await start();
  expect((await service.ended(task)).status).toBe(303);
}, 60_000);

(process.platform === 'linux' ? describe : describe.skip)('a disk that takes no more of what a task makes', () => {
  test('has the task tried again until there is room, and nothing lies about meanwhile', async () => {
    await start({ fileKilobytesMax: 64 });
    const task = await accept([{ operation: 'flip' }]);
    // Given back, an attempt is nobody's fault: none of three is used up.
    await until(task, ({ attempt, started_at: started }) => attempt >= 2 && started === null);
    expect((await service.client.get(task)).json.state).toBe('pending');
    await nothingInTheMaking();
    for (const pid of [worker.pid, ...(await childrenOf(worker.pid, /child\.js/))]) {
      execFileSync('prlimit', [`--pid=${pid}`, '--fsize=unlimited:']);
    }
    expect((await service.ended(task)).status).toBe(303);
    await outcomeOf(task);
  }, 120_000);
});
