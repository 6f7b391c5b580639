import { addJobsSql } from '../queue/jobs.js';
import { inputIdsOf } from './task-inputs.js';
import { attemptsMax, type Expectation, type NewTask, type Task } from './task.js';

/** A task with the id it is to have and what is expected of it. */
export type Acceptance = NewTask & { id: string; expectation: Expectation };

/** What the database adds to an acceptance. */
export type Accepted = Pick<Task, 'id' | 'imageId' | 'imageDigest' | 'inputs' | 'createdAt' | 'queuedAt'> & Expectation;

/** First come, first served: what was told to wait for another is not to be done before it. */
const inTurn = '(select * from accepted order by ahead) as accepted';

/**
 * Any number of tasks and their jobs in one statement: one commit for all who wait for one (database/group-commit.ts).
 * A task is left out where its image, or one that its operations name, is not there.
 */
export const acceptSql = `
  with input as (
    select * from json_to_recordset($1::json) as input(
      id uuid, owner text, operations json, speech text, image_id uuid, digest text,
      estimate real, wait real, p90 real, ahead integer, task_ttl integer, result_ttl integer,
      callback json, input_ids uuid[])
  ), named as (
    -- Locked until the commit: an image that is deleted meanwhile is found to be referred to.
    select input.id as task, images.id as image, images.digest
    from input cross join unnest(input.input_ids) as wanted(image)
    join images on images.id = wanted.image and images.owner = input.owner
    for key share of images
  ), inputs as (
    select task, count(*) as count, jsonb_agg(jsonb_build_object('image', image, 'digest', digest)) as list
    from named group by task
  ), accepted as (
    insert into tasks (id, owner, operations, speech, image_id, image_digest, estimate, wait, p90, ahead, attempts_left,
                       task_ttl, result_ttl, callback, inputs)
    select input.id, input.owner, input.operations, input.speech, images.id, coalesce(images.digest, input.digest),
           input.estimate, input.wait, input.p90, input.ahead, ${attemptsMax}, input.task_ttl, input.result_ttl,
           input.callback, coalesce(inputs.list, '[]')
    from input left join images on images.id = input.image_id and images.owner = input.owner
    left join inputs on inputs.task = input.id
    where (images.id is not null or input.digest is not null)
      and cardinality(input.input_ids) = coalesce(inputs.count, 0)
    returning id, image_id, image_digest, inputs, estimate, wait, p90, ahead, created_at, queued_at
  ), queued as (${addJobsSql('process-task', "json_build_object('taskId', id, 'round', 0)", inTurn)})
  select id, image_id as "imageId", image_digest as "imageDigest", inputs, estimate, wait, p90, ahead,
         created_at as "createdAt", queued_at as "queuedAt"
  from accepted, queued`;

/** As `acceptSql` takes it. */
export function inputOf({ source, expectation, taskTtl, resultTtl, ...task }: Acceptance): object {
  const { id, owner, operations, speech, callback } = task;
  const { imageId: image_id, digest } = source;
  const given = { id, owner, operations, speech, callback, image_id, digest, input_ids: inputIdsOf(operations) };
  return { ...given, ...expectation, task_ttl: taskTtl, result_ttl: resultTtl };
}

/** The task that an acceptance became. */
export function acceptedTask(
  { expectation: _expected, source: _source, ...given }: Acceptance,
  accepted: Accepted,
): Task {
  return {
    ...given,
    ...accepted,
    state: 'pending',
    progress: null,
    round: 0,
    attempt: 0,
    attemptsLeft: attemptsMax,
    outcomeId: null,
    outcomeKind: 'image',
    problem: null,
    detail: null,
    startedAt: null,
    completedAt: null,
    expiresAt: null,
    version: 1,
  };
}
