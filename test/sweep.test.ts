import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createHash } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { SweepService } from '../src/garbage/sweep.service.js';
import { sweepSql } from '../src/reservations/reservations.repository.js';
import { startWorker } from '../src/worker.js';
import { WorkerModule } from '../src/worker.module.js';
import { type Reply } from './support/client.js';
import { png } from './support/pictures.js';
import { Service } from './support/service.js';

let service: Service;
let context: INestApplicationContext;
let sweeper: SweepService;
let database: pg.Client;

beforeAll(async () => {
  // The worker's own sweep stays away: what is swept here is swept by the test.
  service = await Service.start({ worker: true, environment: { SWEEP_SECONDS: '3600' } });
  context = await openContext(service);
  sweeper = context.get(SweepService);
  database = new pg.Client({ connectionString: service.database.url });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await context.close();
  await service.stop();
});

const openContext = ({ config, database: { url } }: Service): Promise<INestApplicationContext> =>
  NestFactory.createApplicationContext(WorkerModule.forRoot(config, url), { logger: false });

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
/** What a sweep takes away so many seconds from now. */
const sweepIn = (seconds: number) => sweeper.sweep(new Date(Date.now() + seconds * 1000));

const pngType = { 'Content-Type': 'image/png' };
let seed = 1000;
const picture = (): Promise<Buffer> => png({ width: 8, height: 8, seed: (seed += 1) });

const storeImage = async (bytes: Buffer, name = ''): Promise<{ uri: string; digest: string }> => {
  const { json } = await service.client.post(`/images${name && `?name=${name}`}`, bytes, pngType);
  return { uri: json.links.self, digest: json.digest };
};
const mint = async (path = '/images'): Promise<{ id: string; target: string }> =>
  (await service.client.post('/reservations', { for: path })).json;
const put = (target: string, bytes: Buffer) => service.client.call('PUT', target, { headers: pngType, body: bytes });
const statusOf = async (uri: string): Promise<number> => (await service.client.get(uri)).status;
const remove = async (uri: string): Promise<number> => (await service.client.call('DELETE', uri)).status;
const count = async (sql: string, values: unknown[] = []): Promise<number> =>
  Number((await database.query<{ count: string }>(sql, values)).rows[0]?.count);

const blobs = (): string => join(service.dataDir, 'blobs');
const isStored = async (digest: string): Promise<boolean> =>
  (await readdir(join(blobs(), digest.slice(0, 2)))).includes(digest);

describe('reservations', () => {
  test('go when they expired unfilled; filled and open ones stay', async () => {
    const [expired, filled, open] = [await mint(), await mint(), await mint()];
    const bytes = await picture();
    expect((await put(filled.target, bytes)).status).toBe(201);
    await database.query("update reservations set expires_at = now() - interval '1 s' where id = any($1)", [
      [expired.id, filled.id],
    ]);
    expect(await sweepIn(0)).toMatchObject({ reservations: 1, filled: 0 });
    expect(await statusOf(`/reservations/${expired.id}`)).toBe(404);
    expect((await put(expired.target, bytes)).status).toBe(404);
    expect((await service.client.get(`/reservations/${filled.id}`)).json.state).toBe('filled');
    expect((await put(filled.target, bytes)).status).toBe(200);
    expect((await service.client.get(`/reservations/${open.id}`)).json.state).toBe('empty');
  });

  test('that were filled go once what they were filled with has had its time', async () => {
    const { id, target } = await mint();
    await put(target, await picture());
    await sweepIn(30 * day - minute);
    expect(await statusOf(`/reservations/${id}`)).toBe(200);
    await sweepIn(30 * day + minute);
    expect(await statusOf(`/reservations/${id}`)).toBe(404);
    expect(await statusOf(target)).toBe(200);
  });

  test('are passed over while a PUT holds them, and stay when it has filled them', async () => {
    const { id, target } = await mint();
    await database.query("update reservations set expires_at = now() + interval '10 min' where id = $1", [id]);
    await database.query('begin');
    await database.query('select from reservations where id = $1 for update', [id]);
    const filling = put(target, await picture());
    await waitsForLock();
    expect(await sweepIn(11 * minute)).toMatchObject({ reservations: 0 });
    await database.query('rollback');
    expect((await filling).status).toBe(201);
    expect(await sweepIn(11 * minute)).toMatchObject({ reservations: 0 });
    expect((await service.client.get(`/reservations/${id}`)).json.state).toBe('filled');
  });

  test('are swept once each by several sweeps at once', async () => {
    await insertReservations({ rows: 7000, expired: 5000 });
    const before = await count('select count(*) from reservations');
    const swept = await Promise.all([sweepIn(0), sweepIn(0), sweepIn(0)]);
    expect(swept.reduce((sum, { reservations }) => sum + reservations, 0)).toBe(5000);
    expect(await count('select count(*) from reservations')).toBe(before - 5000);
  });
});

/** Until somebody waits for a row that the test holds. */
const waitsForLock = async (): Promise<void> => {
  while ((await count("select count(*) from pg_locks where not granted and locktype = 'transactionid'")) === 0);
};

const insertReservations = ({ rows, expired }: { rows: number; expired: number }) =>
  database.query(
    `insert into reservations (id, owner, "for", expires_at)
     select uuidv7(), 'another', '/images', now() + case when n <= $2 then interval '-1 h' else interval '1 h' end
     from generate_series(1, $1) as n`,
    [rows, expired],
  );

test('an image that is swept takes its notes along', async () => {
  const { uri } = await storeImage(await picture());
  await service.client.call('PATCH', uri, {
    headers: { 'Content-Type': 'application/merge-patch+json' },
    body: JSON.stringify({ expires: new Date(Date.now() + minute * 1000).toISOString() }),
  });
  await service.client.post(`${uri}/notes`, { text: 'soon gone' });
  const notes = () => count('select count(*) from notes where image_id = $1', [uri.split('/').at(-1)]);
  await sweepIn(0);
  expect(await notes()).toBe(1);
  expect(await sweepIn(2 * minute)).toMatchObject({ images: 1 });
  expect([await notes(), await statusOf(`${uri}/notes`)]).toEqual([0, 404]);
});

describe('tasks and outcomes', () => {
  const accept = async (bytes: Buffer, retention: { taskTtl?: number; resultTtl?: number } = {}): Promise<string> => {
    const task = JSON.stringify({ operations: [{ operation: 'flip' }], ...retention });
    const image = { filename: 'a.png', mediaType: 'image/png', bytes };
    return (await service.client.postForm('/images/tasks', { task, image })).headers.location ?? '';
  };
  const ended = async (task: string): Promise<{ task: string; outcome: string; digest: string }> => {
    const outcome = (await service.ended(task)).headers.location ?? '';
    return { task, outcome, digest: (await service.client.get(outcome)).json.digest };
  };

  test('go with their bytes after RESULT_TTL and TASK_TTL, or sooner where the task asked for less', async () => {
    const long = await ended(await accept(await picture()));
    const short = await ended(await accept(await picture(), { taskTtl: 2 * hour, resultTtl: hour }));
    const here = async ({ task, outcome, digest }: typeof long) => ({
      task: (await statusOf(`${task}/status`)) === 200,
      outcome: (await statusOf(outcome)) === 200,
      blob: await isStored(digest),
    });
    const all = { task: true, outcome: true, blob: true };
    const none = { task: false, outcome: false, blob: false };
    await sweepIn(hour - minute);
    expect(await here(short)).toEqual(all);
    await sweepIn(hour + minute);
    expect(await here(short)).toEqual({ ...none, task: true });
    await sweepIn(2 * hour + minute);
    expect(await here(short)).toEqual(none);
    await sweepIn(7 * day - minute);
    expect(await here(long)).toEqual(all);
    await sweepIn(7 * day + minute);
    expect(await here(long)).toEqual({ ...none, task: true });
    await sweepIn(30 * day + minute);
    expect(await here(long)).toEqual(none);
  });

  test('that several tasks have come to stay as long as one of them promises', async () => {
    const shared = { 'Cache-Control': 'max-age=0' };
    const { uri } = await storeImage(await picture());
    const ask = async (resultTtl: number): Promise<Reply> =>
      service.client.post('/images/tasks', { image: uri, operations: [{ operation: 'flip' }], resultTtl }, shared);
    const together = await Promise.all([ask(hour), ask(3 * hour), ask(2 * hour)]);
    const { outcome, digest } = await ended(together[0]?.json.links.self);
    await sweepIn(3 * hour - minute);
    expect([await statusOf(outcome), await isStored(digest)]).toEqual([200, true]);
    expect((await ask(5 * hour)).headers.location).toBe(outcome);
    await sweepIn(5 * hour - minute);
    expect([await statusOf(outcome), await isStored(digest)]).toEqual([200, true]);
    await sweepIn(5 * hour + minute);
    expect([await statusOf(outcome), await isStored(digest)]).toEqual([404, false]);
    expect((await ask(hour)).status).toBe(202);
  });

  test('that are texts go with their PDF, and with what was corrected in them', async () => {
    const task = JSON.stringify({ operations: [{ operation: 'ocr' }] });
    const image = { filename: 'a.png', mediaType: 'image/png', bytes: await picture() };
    const { location = '' } = (await service.client.postForm('/images/tasks', { task, image })).headers;
    const text = (await service.ended(location)).headers.location ?? '';
    const pdf = await service.client.get(text, { Accept: 'application/pdf' });
    const digest = createHash('sha256').update(pdf.bytes).digest('hex');
    expect((await service.client.post(`${text}/corrections`, { text: 'nothing' })).status).toBe(200);
    await sweepIn(7 * day - minute);
    expect([await statusOf(text), await isStored(digest)]).toEqual([200, true]);
    expect(await sweepIn(7 * day + minute)).toMatchObject({ texts: 1 });
    expect([await statusOf(text), await isStored(digest)]).toEqual([404, false]);
    expect(await count('select count(*) from corrections')).toBe(0);
  });

  test('leave the bytes that another task or image refers to', async () => {
    const bytes = await picture();
    const { uri, digest } = await storeImage(bytes);
    const { task } = await ended(await accept(bytes));
    const named = await storeImage(bytes, 'the-same-bytes');
    const gone: [string, boolean][] = [];
    for (const resource of [uri, named.uri, task]) {
      expect(await remove(resource)).toBe(204);
      await sweepIn(0);
      gone.push([resource, !(await isStored(digest))]);
    }
    expect(gone).toEqual([
      [uri, false],
      [named.uri, false],
      [task, true],
    ]);
  });

  test('that still wait are never swept', async () => {
    const { rows } = await database.query<{ id: string }>(
      `insert into tasks (id, owner, operations, image_digest, estimate, task_ttl)
       values (uuidv7(), 'local', '[]', repeat('e', 64), 1, 60) returning id`,
    );
    await sweepIn(365 * day);
    expect(await statusOf(`/images/tasks/${rows[0]?.id}/status`)).toBe(200);
  });
});

describe('files that nobody speaks of', () => {
  test('are swept from all folders within 32 sweeps; those of images stay', async () => {
    const { digest } = await storeImage(await picture());
    const orphans = ['00', '7f', 'ff'].map((folder) => folder.repeat(32));
    for (const orphan of orphans) {
      await mkdir(join(blobs(), orphan.slice(0, 2)), { recursive: true });
      await writeFile(join(blobs(), orphan.slice(0, 2), orphan), 'x');
    }
    for (let sweep = 0; sweep < 32; sweep += 1) await sweepIn(0);
    expect(await Promise.all(orphans.map(isStored))).toEqual([false, false, false]);
    expect(await isStored(digest)).toBe(true);
  });

  test('are swept from incoming when they are older than any work', async () => {
    const [old, young] = ['old', 'young'].map((name) => join(blobs(), 'incoming', name));
    for (const path of [old, young]) await writeFile(path ?? '', 'x');
    const then = new Date(Date.now() - 2 * hour * 1000);
    await utimes(old ?? '', then, then);
    expect(await sweepIn(0)).toMatchObject({ temporaryFiles: 1 });
    expect(await readdir(join(blobs(), 'incoming'))).toEqual(['young']);
  });
});

test('idempotency keys go after 24 hours', async () => {
  const repeat = async () =>
    service.client.post('/images', await png({ seed: 999 }), { ...pngType, 'Idempotency-Key': 'k-1' });
  expect((await repeat()).status).toBe(201);
  await sweepIn(24 * hour - minute);
  expect((await repeat()).headers['idempotency-replayed']).toBe('true');
  await sweepIn(24 * hour + minute);
  expect(await count("select count(*) from idempotency_keys where key = 'k-1'")).toBe(0);
});

describe('the sweep', () => {
  test('is one for any number of workers', async () => {
    const shared = await Service.start({ worker: true, environment: { SWEEP_SECONDS: '1' } });
    const second = await startWorker(shared.config, shared.database.url);
    const observer = new pg.Client({ connectionString: shared.database.url });
    await observer.connect();
    // A sweep that finds nothing makes one such statement.
    await observer.query(`
      create table sweeps (at timestamptz not null);
      create function note() returns trigger language plpgsql as
        'begin insert into sweeps values (clock_timestamp()); return null; end';
      create trigger noted after delete on idempotency_keys execute function note()`);
    let times: Date[] = [];
    while (times.length < 4)
      times = (await observer.query<{ at: Date }>('select at from sweeps')).rows.map(({ at }) => at);
    await observer.end();
    await second.stop();
    await shared.stop();
    const pauses = times.slice(1).map((time, index) => time.getTime() - (times[index]?.getTime() ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(950);
  });
});

describe('among 20,000 rows of each kind, of which 500 have had their time', () => {
  let full: Service;
  let client: pg.Client;
  beforeAll(async () => {
    full = await Service.start();
    client = new pg.Client({ connectionString: full.database.url });
    await client.connect();
    await client.query(`
      insert into reservations (id, owner, "for", expires_at)
        select uuidv7(), 'local', '/images', now() + make_interval(mins => n - 500) from generate_series(1, 20000) as n;
      insert into reservations (id, owner, "for", expires_at, filled_at, fingerprint)
        select uuidv7(), 'local', '/images', now(), now() - make_interval(days => n / 645), 'x' from generate_series(1, 20000) as n;
      insert into images (id, owner, digest, bytes, media_type, width, height, pages, expires_at)
        select uuidv7(), 'local', sha256(n::text::bytea)::text, 1, 'image/png', 1, 1, 1, now() + make_interval(mins => n - 500)
        from generate_series(1, 20000) as n;
      insert into tasks (id, owner, operations, image_digest, estimate, state, expires_at)
        select uuidv7(), 'local', '[]', sha256(n::text::bytea)::text, 1, 'cancelled', now() + make_interval(mins => n - 500)
        from generate_series(1, 20000) as n;
      insert into queries (id, owner, digest, query, expires_at)
        select uuidv7(), 'local', n::text, '{}', now() + make_interval(mins => n - 500) from generate_series(1, 20000) as n;
      insert into invocations (id, owner, controller, status, created_at)
        select uuidv7(), 'local', '/x', 200, now() - make_interval(days => n / 645) from generate_series(1, 20000) as n;
      insert into idempotency_keys (owner, method, path, key, fingerprint, status, answer, expires_at)
        select 'local', 'POST', '/images', n, 'x', 201, '{}', now() + make_interval(mins => n - 500)
        from generate_series(1, 20000) as n`);
    await client.query('analyze');
  });
  afterAll(async () => {
    await client.end();
    await full.stop();
  });

  test.each([
    ['expires_at < $1 and filled_at is null', 'expires_at', 'reservations_expiry', 0],
    ['filled_at < $1 and filled_at is not null', 'filled_at', 'reservations_filled', 30],
  ])('the statement on reservations with %s reads by the index on %s', async (condition, order, index, days) => {
    const before = new Date(Date.now() - days * day * 1000);
    const { rows } = await client.query<Record<'QUERY PLAN', string>>(`explain ${sweepSql(condition, order)}`, [
      before,
      2000,
    ]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan');
  });

  test('no statement reads a whole table', async () => {
    const tables = ['reservations', 'images', 'tasks', 'queries', 'invocations', 'idempotency_keys'];
    const scans = async () => {
      const { rows } = await client.query<{ relname: string; seq_scan: string }>(
        'select relname, seq_scan from pg_stat_user_tables where relname = any($1) order by relname',
        [tables],
      );
      return rows;
    };
    await client.query('select pg_stat_force_next_flush()');
    const before = await scans();
    const alone = await openContext(full);
    const swept = await alone.get(SweepService).sweep(new Date());
    // Its connections tell what they have counted when they end.
    await alone.close();
    expect(swept).toMatchObject({ reservations: 500, images: 500, tasks: 500, queries: 500, idempotencyKeys: 500 });
    expect(await scans()).toEqual(before);
  });
});
