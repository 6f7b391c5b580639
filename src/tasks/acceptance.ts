import { type StoredHeader } from '../processing/header.js';
import { inputIdsOf } from './task-inputs.js';
import { attemptsMax, type Expectation, type NewTask, type Task } from './task.js';
import { lineUpSql, taskJobsSql } from './turns.js';
import { workDigest } from './work-digest.js';

/** What is known of a stored image that tasks name. */
export type Source = StoredHeader & { id: string; owner: string; digest: string };

/** A task that is asked for, with the id it is to have. */
export type Identified = NewTask & { id: string };

/** The same with what it works on, as that was when somebody looked. */
export type Wanted = Identified &
  Pick<Task, 'imageId' | 'imageDigest' | 'inputs'> & { workDigest: string; header: StoredHeader | null };

/** The same with who does the work, and what is expected of that. */
export type Acceptance = Wanted & Pick<Task, 'leader'> & { expectation: Expectation; queued: boolean };

/** Whether it does its work itself, or there is none to be done. */
export const isOwn = ({ id, leader }: Acceptance): boolean => leader === null || leader === id;

/** What the database adds to an acceptance. */
export type Accepted = Pick<Task, 'id' | 'createdAt' | 'queuedAt' | 'startedAt' | 'progress'> & Expectation;

/** null where an image that it names is not there. */
export function wantedOf(order: Identified, sources: ReadonlyMap<string, Source>): Wanted | null {
  const { owner, operations, source } = order;
  const own = (id: string): Source | undefined => {
    const found = sources.get(id);
    return found?.owner === owner ? found : undefined;
  };
  const image = source.imageId === undefined ? undefined : own(source.imageId);
  const imageDigest = source.imageId === undefined ? source.digest : image?.digest;
  const ids = inputIdsOf(operations);
  const inputs = ids
    .flatMap((id) => own(id)?.digest ?? [])
    .map((digest, index) => ({ image: ids[index] ?? '', digest }));
  if (imageDigest === undefined || inputs.length < ids.length) return null;
  const work = { owner, operations, imageDigest, inputs };
  return { ...order, ...work, imageId: image?.id ?? null, header: image ?? null, workDigest: workDigest(work) };
}

const given =
  'id, owner, operations, speech, image_id, image_digest, inputs, work_digest, leader, task_ttl, result_ttl, callback';
const expected = 'queued_at, started_at, progress, estimate, wait, p90, ahead';
const columns = `${given}, ${expected}, attempts_left`;

/** Lists, for each column one: PostgreSQL reads them in less than half the time that a list of JSON objects takes it. */
const inputColumns: readonly { name: string; type: string; value: (acceptance: Acceptance) => unknown }[] = [
  { name: 'id', type: 'uuid', value: ({ id }) => id },
  { name: 'owner', type: 'text', value: ({ owner }) => owner },
  { name: 'operations', type: 'json', value: ({ operations }) => JSON.stringify(operations) },
  { name: 'speech', type: 'text', value: ({ speech }) => speech },
  { name: 'image_id', type: 'uuid', value: ({ imageId }) => imageId },
  { name: 'image_digest', type: 'text', value: ({ imageDigest }) => imageDigest },
  { name: 'inputs', type: 'jsonb', value: ({ inputs }) => JSON.stringify(inputs) },
  { name: 'work_digest', type: 'text', value: ({ workDigest }) => workDigest },
  { name: 'leader', type: 'uuid', value: ({ leader }) => leader },
  { name: 'task_ttl', type: 'integer', value: ({ taskTtl }) => taskTtl },
  { name: 'result_ttl', type: 'integer', value: ({ resultTtl }) => resultTtl },
  { name: 'callback', type: 'json', value: ({ callback }) => callback && JSON.stringify(callback) },
  { name: 'estimate', type: 'real', value: ({ expectation }) => expectation.estimate },
  { name: 'wait', type: 'real', value: ({ expectation }) => expectation.wait },
  { name: 'p90', type: 'real', value: ({ expectation }) => expectation.p90 },
  { name: 'ahead', type: 'integer', value: ({ expectation }) => expectation.ahead },
];

/** What is left of the acceptances where their images are as they were. */
const presentSql = `
  input as (
    select * from unnest(${inputColumns.map(({ type }, index) => `$${index + 1}::${type}[]`).join()})
    with ordinality as input(${inputColumns.map(({ name }) => name).join()}, number)
  ), named as (
    -- Locked until the commit: an image that is deleted meanwhile is found to be referred to.
    select input.id as task
    from input cross join jsonb_to_recordset(input.inputs) as wanted(image uuid, digest text)
    join images on images.id = wanted.image and images.owner = input.owner and images.digest = wanted.digest
    for key share of images
  ), counted as (
    select task, count(*) as count from named group by task
  ), stored as materialized (
    select id, owner, digest from images where id = any(array(select distinct image_id from input))
  ), present as (
    select input.* from input left join counted on counted.task = input.id
    left join stored on stored.id = input.image_id and stored.owner = input.owner and stored.digest = input.image_digest
    where (input.image_id is null or stored.id is not null)
      and jsonb_array_length(input.inputs) = coalesce(counted.count, 0)
  )`;

const accepted = `select id, queued_at as "queuedAt", started_at as "startedAt", progress, estimate, wait, p90, ahead,
                         created_at as "createdAt"`;

/** First come, first served, of one owner's tasks: no statement is done sooner than in a microsecond a row. */
const queuedAt = "now() + number * interval '1 microsecond'";

/** One row at most: PostgreSQL looks it up in the index. Of `not exists` it would make a table of all that there are. */
const equalSql = (which: string): string =>
  `(select true from tasks as equal where equal.work_digest = present.work_digest and ${which} limit 1)`;

/**
 * Whoever does fresh work asks nobody. One who leads just now is asked for as well, and not left to the index alone: where it is
 * about to end, the index waits until it leads no more, and what it has done is not to be seen yet.
 */
const newSql = `
    where leader is null or (
      ${equalSql("equal.state = 'pending' and equal.leader = equal.id")} is null
      and ${equalSql("equal.state = 'ok'")} is null
    )`;

/** Whoever waits for another to put their owner into the line has no task yet that a third waits for. */
const firstTheLine = ', (select count(*) from lined) as line';

/**
 * Any number of tasks and their jobs in one statement: one commit for all who wait for one (database/group-commit.ts). One is
 * left out where an image that it names is not as it was, or where another task has begun to lead the same work.
 * @param queue whether there is work to be done
 * @param unlessKnown leaves out as well what a task does or has done already
 */
export const acceptSql = ({ queue, unlessKnown }: { queue: boolean; unlessKnown: boolean }): string => `
  with ${presentSql}, ${queue ? `${lineUpSql('present')}, ` : ''}led as (
    insert into tasks (${columns})
    select ${given}, ${queuedAt}, null, null, estimate, wait, p90, ahead, ${attemptsMax}
    from present${queue ? firstTheLine : ''}${unlessKnown ? newSql : ''}
    -- In one order: two statements that lead the same wait for each other, and not in a circle.
    order by work_digest
    on conflict (work_digest) where state = 'pending' and leader = id do nothing
    returning id, round, ${expected}, created_at
  )${queue ? `, queued as (${taskJobsSql('led')})` : ''}
  ${accepted} from led${queue ? ', queued' : ''}`;

/** The same of tasks that follow others, and show what those do. One is left out where its leader has ended. */
export const followSql = `
  with ${presentSql}, leaders as (
    -- Locked until the commit: none of them ends without those who follow it.
    select id, ${expected} from tasks
    where id = any(array(select distinct leader from input)) and leader = id and state = 'pending'
    for share
  ), following as (
    insert into tasks (${columns})
    select ${given.replaceAll(/\w+/g, 'present.$&')}, ${expected.replaceAll(/\w+/g, 'leaders.$&')}, ${attemptsMax}
    from present join leaders on leaders.id = present.leader
    returning id, ${expected}, created_at
  )
  ${accepted} from following`;

/** As `acceptSql` and `followSql` take them: a list for each column. */
export function inputOf(acceptances: readonly Acceptance[]): unknown[][] {
  return inputColumns.map(({ value }) => acceptances.map(value));
}

/** The task that an acceptance became. Member by member: of a thousand, taking others away is most of the work. */
export function acceptedTask(acceptance: Acceptance, accepted: Accepted): Task {
  const { owner, operations, speech, callback, taskTtl, resultTtl } = acceptance;
  const { imageId, imageDigest, inputs, workDigest, leader } = acceptance;
  return {
    owner,
    operations,
    speech,
    callback,
    taskTtl,
    resultTtl,
    imageId,
    imageDigest,
    inputs,
    workDigest,
    leader,
    ...accepted,
    state: 'pending',
    job: null,
    round: 0,
    attempt: 0,
    attemptsLeft: attemptsMax,
    outcomeId: null,
    outcomeKind: 'image',
    outcomeDigest: null,
    problem: null,
    detail: null,
    completedAt: null,
    expiresAt: null,
    version: 1,
  };
}
