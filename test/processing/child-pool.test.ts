import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Processing } from '../../src/processing/processing.js';
import { noise, quarters, Workbench } from './workbench.js';

let bench: Workbench;
let small: string;
let large: string;
const opened: Workbench[] = [];

beforeAll(async () => {
  bench = await Workbench.open();
  small = await bench.file(quarters());
  large = await bench.file(noise(3000, 3000).jpeg());
});
afterAll(() => bench.close());
afterEach(async () => {
  for (const other of opened.splice(0)) await other.close();
});

async function open(size: number, limits = {}): Promise<Processing> {
  const other = await Workbench.open({ size, limits });
  opened.push(other);
  await other.processing.warm();
  return other.processing;
}

/** Minutes of work. */
const heavy = [{ operation: 'convert', format: 'avif', effort: 9, lossless: true }];
const light = [{ operation: 'flip' }];

/** A heavy job; `begun` resolves as soon as a child works on it. */
function begin(processing: Processing, options: { signal?: AbortSignal; timeoutMs?: number } = {}) {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const output = bench.at('heavy');
  const done = processing.process({ input: large, output, operations: heavy, onProgress: () => resolve(), ...options });
  return { begun, done, output };
}

describe('a child', () => {
  test('that takes too long is killed, and the next job finds another', async () => {
    const processing = await open(1);
    const [pid] = processing.pids;
    const { done, output } = begin(processing, { timeoutMs: 1_000 });
    const next = processing.inspect(small);
    const detail = 'It took longer than 1 s and was stopped in convert.';
    expect(await done).toEqual({ ok: false, reason: 'timeout', detail });
    expect(existsSync(output)).toBe(false);
    expect(await next).toMatchObject({ ok: true });
    expect(processing.pids).not.toContain(pid);
  });

  test('that has grown is replaced after its job', async () => {
    const processing = await open(1, { memoryMax: 100 * 2 ** 20 });
    const [pid] = processing.pids;
    expect(await processing.inspect(small)).toMatchObject({ ok: true });
    expect(await processing.inspect(small)).toMatchObject({ ok: true });
    expect(processing.pids).not.toContain(pid);
  });

  test('that is stopped is killed at the limit of an inspection', async () => {
    const processing = await open(1, { inspectTimeoutMs: 200 });
    process.kill(processing.pids[0] ?? NaN, 'SIGSTOP');
    expect(await processing.inspect(small)).toMatchObject({ ok: false, reason: 'timeout' });
  });

  test('that takes longer to start than its job may take has all of that time once it has started', async () => {
    const other = await Workbench.open({ size: 1, limits: { inspectTimeoutMs: 1_000 } });
    opened.push(other);
    const inspected = other.processing.inspect(small);
    // Forked, and not there yet.
    const [pid = NaN] = other.processing.pids;
    process.kill(pid, 'SIGSTOP');
    await sleep(1_200);
    process.kill(pid, 'SIGCONT');
    expect(await inspected).toMatchObject({ ok: true });
  });

  test('that is stopped is killed at the limit of a hash, which is then missing', async () => {
    const processing = await open(1, { hashTimeoutMs: 200 });
    process.kill(processing.pids[0] ?? NaN, 'SIGSTOP');
    expect(await processing.hash(small)).toBeNull();
    expect(await processing.inspect(small)).toMatchObject({ ok: true });
  });

  test.each(['SIGKILL', 'SIGSEGV', 'SIGABRT'] as const)('that dies of %s takes its own job alone', async (signal) => {
    const processing = await open(2);
    const [first, second] = [begin(processing), begin(processing)];
    await Promise.all([first.begun, second.begun]);
    // The pool hands out its youngest child first: which job dies is not our choice.
    process.kill(processing.pids[0] ?? NaN, signal);
    const dead = await Promise.race([first.done, second.done]);
    expect(dead).toEqual({ ok: false, reason: 'crashed', detail: `The image process died (signal ${signal}).` });
    expect(processing.pids).toHaveLength(1);
    expect(await processing.inspect(small)).toMatchObject({ ok: true });
  });

  test('that dies while idle is replaced', async () => {
    const processing = await open(1);
    const [pid = NaN] = processing.pids;
    process.kill(pid, 'SIGKILL');
    expect(await processing.inspect(small)).toBeDefined(); // crashed, if its death was not known yet
    expect(await processing.inspect(small)).toMatchObject({ ok: true });
    expect(processing.pids).not.toContain(pid);
  });

  test('ignores what the terminal sends to the whole group', async () => {
    const processing = await open(1);
    const [pid = NaN] = processing.pids;
    process.kill(pid, 'SIGINT');
    process.kill(pid, 'SIGTERM');
    expect(await processing.inspect(small)).toMatchObject({ ok: true });
    expect(processing.pids).toEqual([pid]);
  });

  test('is replaced after its share of jobs', async () => {
    const processing = await open(1, { jobsPerChild: 2 });
    const [pid] = processing.pids;
    for (let job = 0; job < 3; job++) expect(await processing.inspect(small)).toMatchObject({ ok: true });
    expect(processing.pids).not.toContain(pid);
  });

  test('sees nothing of the environment', async () => {
    process.env['DATABASE_URL'] = 'postgres://secret';
    const processing = await open(1);
    delete process.env['DATABASE_URL'];
    const names = readFileSync(`/proc/${processing.pids[0]}/environ`, 'latin1')
      .split('\0')
      .map((line) => line.split('=')[0]);
    expect(names).toContain('VIPS_BLOCK_UNTRUSTED');
    expect(names).not.toContain('DATABASE_URL');
    expect(names).not.toContain('PATH');
  });
});

describe('a signal', () => {
  test('kills the child of a running job', async () => {
    const processing = await open(1);
    const controller = new AbortController();
    const { begun, done } = begin(processing, { signal: controller.signal });
    await begun;
    const [pid] = processing.pids;
    controller.abort();
    expect(await done).toMatchObject({ ok: false, reason: 'aborted' });
    expect(await processing.inspect(small)).toMatchObject({ ok: true });
    expect(processing.pids).not.toContain(pid);
  });

  test('drops a job that waits, and one that comes too late', async () => {
    const processing = await open(1);
    const controller = new AbortController();
    const running = processing.process({ input: small, output: bench.at('running'), operations: light });
    const waiting = processing.inspect(small, controller.signal);
    controller.abort();
    expect(await waiting).toMatchObject({ reason: 'aborted' });
    expect(await running).toMatchObject({ ok: true });
    expect(await processing.inspect(small, controller.signal)).toMatchObject({ reason: 'aborted' });
  });
});

test('jobs are taken in the order in which they came, each once', async () => {
  const processing = await open(2);
  const order: number[] = [];
  const jobs = Array.from({ length: 40 }, (_, job) => processing.inspect(small).then(() => order.push(job)));
  await Promise.all(jobs);
  expect(new Set(order).size).toBe(40);
  expect(order[0]).toBeLessThan(2);
});

test('progress is told for each operation', async () => {
  const processing = await open(1);
  const told: unknown[] = [];
  await processing.process({
    input: small,
    output: bench.at('told'),
    operations: [{ operation: 'flip' }, { operation: 'flop' }],
    onProgress: (progress) => told.push(progress),
  });
  expect(told).toEqual([
    { operation: 'flip', step: 1, of: 2, percent: 0 },
    { operation: 'flop', step: 2, of: 2, percent: 50 },
  ]);
});

test('closing cancels everything and leaves no process', async () => {
  const processing = await open(1);
  const pids = processing.pids;
  const { begun, done } = begin(processing);
  const waiting = processing.inspect(small);
  await begun;
  await processing.close();
  expect(await done).toMatchObject({ reason: 'aborted' });
  expect(await waiting).toMatchObject({ reason: 'aborted' });
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(await processing.inspect(small)).toMatchObject({ reason: 'aborted' });
});
