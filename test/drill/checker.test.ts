import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chance } from '../../drill/chance.js';
import { check } from '../../drill/checker.js';
import { collect, type Evidence, type TaskRow } from '../../drill/evidence.js';
import { type Entry } from '../../drill/ledger.js';
import { Scene } from '../../drill/scene.js';
import { Sql } from '../../drill/sql.js';
import { sweepAll } from '../../drill/sweep.js';
import { sha256 } from '../../drill/wishes.js';

/** A checker that cannot fail is worth nothing: of a run in which all was well one thing each is spoilt, and it has to see that. */
let folder: string;
let scene: Scene;
let sql: Sql;
let clean: Evidence;
/** A task that was told, and one that was not. */
let told: TaskRow;
let untold: TaskRow;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-checker-'));
  scene = await Scene.open(folder, new Chance(1));
  await scene.start();
  for (const manner of ['post', 'put', 'upload'] as const) {
    const id = await scene.load.insist(await scene.load.next({ manner }));
    scene.watchers.follow(id);
  }
  await scene.load.insist(await scene.load.next({ manner: 'upload', told: false }));
  await scene.settle();
  await sweepAll(scene.databaseUrl, scene.dataDir);
  await scene.program.terminate();
  sql = new Sql(scene.databaseUrl, 1);
  clean = await evidence();
  told = clean.tasks.find((task) => task.told) ?? never();
  untold = clean.tasks.find((task) => !task.told) ?? never();
}, 120_000);

afterAll(async () => {
  await sql[Symbol.asyncDispose]();
  await scene[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const never = (): never => {
  throw new Error('it is not there');
};

async function evidence(): Promise<Evidence> {
  const { ledger, receiver, watchers, dataDir } = scene;
  return { ...(await collect(sql, dataDir)), ledger, received: receiver.received, told: watchers.told };
}

const violations = (of: Evidence): string[] =>
  check(of, { answerMs: 60_000, clock: true }).map(({ invariant, detail }) => `${invariant} ${detail}`);

test('where all was well, nothing is found', () => {
  expect(violations(clean)).toEqual([]);
  expect([clean.tasks.length, clean.alerts.length, clean.told.length]).toEqual([4, 3, 3]);
});

const copyOf = (table: string, where: string): string =>
  `insert into ${table} select (jsonb_populate_record(${table}, jsonb_build_object('id', uuidv7()))).* from ${table} where ${where}`;

type SpoiltRows = [what: string, statements: () => string[], found: RegExp];

describe('in the database', () => {
  test.each<SpoiltRows>([
    ['a task that is gone', () => [`delete from tasks where id = '${told.id}'`], /^I1 .* has not ended$/],
    [
      'a task that never ends',
      () => [`update tasks set state = 'pending', outcome_id = null where id = '${told.id}'`],
      /^I1 .* has not ended$/,
    ],
    [
      'a task that may not fail, and has',
      () => [`update tasks set state = 'failed', problem = 'crashed', outcome_id = null where id = '${told.id}'`],
      /^I1 .* ended as crashed/,
    ],
    ['a task that is there twice', () => [copyOf('tasks', `id = '${told.id}'`)], /^I2 .* has 2 tasks$/],
    [
      'a task that nobody asked for',
      () => [`update tasks set callback = null, image_digest = repeat('0', 64) where id = '${told.id}'`],
      /^I2 task .* was never asked for$/,
    ],
    ['an outcome that is gone', () => [`delete from images where task_id = '${told.id}'`], /^I3 .* has no outcome$/],
    ['an outcome too many', () => [copyOf('images', `task_id = '${told.id}'`)], /^I3 .* is one too many$/],
    [
      'an outcome of another length',
      () => [`update images set bytes = bytes + 1 where task_id = '${told.id}'`],
      /^I3 .* are others$/,
    ],
    [
      'an end that nobody is told of',
      () => [`delete from alerts where task_id = '${told.id}'`],
      /^I6 .* has no alert$/,
    ],
    [
      'an end with two alerts',
      () => ['drop index alerts_end', copyOf('alerts', `task_id = '${told.id}'`)],
      /^I6 .* several alerts of one end$/,
    ],
    [
      'an alert for who did not ask for one',
      () => [`update alerts set task_id = '${untold.id}' where task_id = '${told.id}'`],
      /^I6 .* has no callback and 1 alerts$/,
    ],
    [
      'an alert that says another end',
      () => [`update alerts set type = 'task.failed' where task_id = '${told.id}'`],
      /^I6 .* says task.failed, and it is ok$/,
    ],
    [
      'an alert that is still to be delivered',
      () => [`update alerts set state = 'pending', completed_at = null where task_id = '${told.id}'`],
      /^I6 alert .* is pending$/,
    ],
    ['deliveries that are not on record', () => ['delete from deliveries'], /^I6 .* arrived 1 times in 0 deliveries$/],
    [
      'bytes that are counted twice',
      () => ['insert into storage_usage select * from storage_usage'],
      /^I7 .* are counted/,
    ],
    ['bytes that are not counted', () => ['delete from storage_usage'], /^I7 0 bytes are counted/],
    ['a job that is left', () => ["select graphile_worker.add_job('process-task')"], /^I9 .* is left$/],
    [
      'a job that a dead worker holds',
      () => [
        "select graphile_worker.add_job('process-task')",
        "update graphile_worker._private_jobs set locked_by = 'nobody', locked_at = now()",
      ],
      /^I9 .* is held by a dead worker$/,
    ],
    [
      'a job that is not tried again',
      () => [
        "select graphile_worker.add_job('process-task')",
        'update graphile_worker._private_jobs set attempts = max_attempts',
      ],
      /^I9 .* is not tried again/,
    ],
  ])('%s is found', async (_what, statements, found) => {
    await sql.rows('begin');
    try {
      for (const statement of statements()) await sql.rows(statement);
      expect(violations(await evidence())).toContainEqual(expect.stringMatching(found));
    } finally {
      await sql.rows('rollback');
    }
  });
});

describe('among the files', () => {
  const pathOf = (digest: string): string => join(scene.dataDir, 'blobs', digest.slice(0, 2), digest);
  const digestOf = ({ outcomeDigest }: TaskRow): string => outcomeDigest ?? '';

  /** With the file like this, and then as it was. */
  const found = async (path: string, bytes: Buffer | undefined): Promise<string[]> => {
    const before = await readFile(path).catch(() => undefined);
    await (bytes === undefined ? unlink(path) : writeFile(path, bytes));
    const seen = violations(await evidence());
    await (before === undefined ? unlink(path) : writeFile(path, before));
    return seen;
  };

  test('bytes of an outcome that are gone, or others', async () => {
    const [digest, path] = [digestOf(told), pathOf(digestOf(told))];
    const gone = [expect.stringMatching(/^I3 the bytes of .* are not there$/), `I4 blob ${digest} is missing`];
    expect(await found(path, undefined)).toEqual(gone);
    const others = [expect.stringMatching(/^I3 the bytes of .* are others$/), `I4 blob ${digest} has other bytes`];
    expect(await found(path, Buffer.from('others'))).toEqual(others);
  });

  test('a blob that belongs to nothing', async () => {
    const bytes = Buffer.from('nobody');
    const name = `${digestOf(told).slice(0, 2)}${sha256(bytes).slice(2)}`;
    expect(await found(pathOf(name), bytes)).toContainEqual(`I4 blob ${name} belongs to nothing`);
  });

  test('a file in the making', async () => {
    const path = join(scene.dataDir, 'blobs', 'incoming', 'half');
    expect(await found(path, Buffer.from('half'))).toEqual(['I4 file half is in the making by nobody']);
  });
});

describe('in what was seen', () => {
  const entry: Entry = { time: 0, method: 'POST', path: '/images/tasks', status: 202, ms: 1 };
  const withEntry = (more: Partial<Entry>): Evidence => ({
    ...clean,
    ledger: { wishes: clean.ledger.wishes, entries: [...clean.ledger.entries, { ...entry, ...more }] },
  });
  const aKey = (): string => [...clean.ledger.wishes.keys()][0] ?? '';

  test.each<[what: string, spoilt: () => Evidence, found: RegExp]>([
    ['an answer that names another task', () => withEntry({ key: aKey(), task: untold.id }), /^I2 .* told of 2 tasks$/],
    ['a 500', () => withEntry({ status: 500 }), /^I8 POST .* → 500$/],
    ['a 503 that says not when', () => withEntry({ status: 503 }), /^I8 .* without Retry-After$/],
    ['an answer that took a minute', () => withEntry({ ms: 60_001 }), /^I8 .* after 60001 ms$/],
    ['no answer for a minute', () => withEntry({ status: 0, error: 'none', ms: 60_001 }), /^I8 .* → none after/],
    ['an answer that is not declared', () => withEntry({ undeclared: 'broken' }), /^I8 broken$/],
    [
      'a wish that was never accepted',
      () => ({ ...clean, ledger: { ...clean.ledger, entries: [], wishes: clean.ledger.wishes } }),
      /^I1 .* was never accepted$/,
    ],
    ['events that go back', () => retold({ ids: [3, 2] }), /^I5 .* do not rise: 3,2$/],
    ['two last events', () => retold({ ends: ['ok', 'ok'] }), /^I5 .* have ended 2 times$/],
    ['no last event', () => retold({ ends: [] }), /^I5 .* have ended 0 times$/],
    ['another last event than the end', () => retold({ ends: ['failed'] }), /^I5 .* end as failed$/],
    [
      'a callback that says another end',
      () => heard(/"state":"ok"/, '"state":"failed"'),
      /^I5 .* callback and events differ$/,
    ],
    ['a callback whose body was touched', () => heard(/"ok"/, '"OK"'), /^I6 the signature of .* is wrong/],
    [
      'a callback that was signed long before it came',
      () => heard(/$/, '', 301_000),
      /^I6 .* was signed 30[12] s from when it came$/,
    ],
    ['a callback that came under two names', () => arrived(2, 'another'), /^I6 a callback of no alert: another$/],
    ['a callback that came too often', () => arrived(2), /^I6 .* arrived 2 times in 1 deliveries$/],
    ['a callback that never came', () => ({ ...clean, received: [] }), /^I6 .* has not arrived$/],
  ])('%s is found', (_what, spoilt, found) => {
    expect(violations(spoilt())).toContainEqual(expect.stringMatching(found));
  });

  const retold = (as: Partial<Evidence['told'][number]>): Evidence => ({
    ...clean,
    told: clean.told.map((each) => ({ ...each, ...as })),
  });
  const heard = (what: RegExp, instead: string, lateMs = 0): Evidence => ({
    ...clean,
    received: clean.received.map((each) => ({
      ...each,
      time: each.time + lateMs,
      body: each.body.replace(what, instead),
    })),
  });
  const arrived = (times: number, id?: string): Evidence => ({
    ...clean,
    received: clean.received.flatMap((each) => [
      each,
      ...Array<typeof each>(times - 1).fill({ ...each, headers: { ...each.headers, ...(id && { 'webhook-id': id }) } }),
    ]),
  });
});
