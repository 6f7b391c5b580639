import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { newestFirst } from '../database/keyset.js';
import { type Keyset } from '../page.js';
import { type Cost } from '../processing/estimate.js';
import { type Progress } from '../processing/pipeline.js';
import { addJobsSql } from '../queue/jobs.js';
import {
  type Attempt,
  attemptsMax,
  interruptions,
  type NewTask,
  retriable,
  type Task,
  type TaskEnd,
  type TaskState,
} from './task.js';
import { TaskEntity } from './task.entity.js';

export interface TaskFilter {
  owner: string;
  state?: TaskState;
  image?: string;
  createdAfter?: Date;
  createdBefore?: Date;
}

/** A task with the id it is to have and the work it is expected to be. */
export type Acceptance = NewTask & { id: string; cost: Cost };

/** A task that is to end if it is still so. */
export type EndingTask = Pick<Task, 'id'> & Partial<Pick<Task, 'attempt' | 'round' | 'attemptsLeft'>>;

/** What the database adds to an acceptance. */
type Accepted = Pick<Task, 'id' | 'imageId' | 'imageDigest' | 'estimate' | 'createdAt'>;

/**
 * Any number of tasks and their jobs in one statement: one commit for all who wait for one (database/group-commit.ts).
 * A task whose image is not there is left out.
 */
const acceptSql = `
  with input as (
    select * from json_to_recordset($1::json) as input(
      id uuid, owner text, operations json, speech text, image_id uuid, digest text, fixed real, per_megapixel real,
      task_ttl integer, result_ttl integer, callback json)
  ), accepted as (
    insert into tasks (id, owner, operations, speech, image_id, image_digest, estimate, attempts_left,
                       task_ttl, result_ttl, callback)
    select input.id, input.owner, input.operations, input.speech, images.id, coalesce(images.digest, input.digest),
           input.fixed + input.per_megapixel * coalesce(images.width::real * images.height * images.pages / 1e6, 0),
           ${attemptsMax}, input.task_ttl, input.result_ttl, input.callback
    from input left join images on images.id = input.image_id and images.owner = input.owner
    where images.id is not null or input.digest is not null
    returning id, image_id, image_digest, estimate, created_at
  ), queued as (${addJobsSql('process-task', "json_build_object('taskId', id, 'round', 0)", 'accepted')})
  select id, image_id as "imageId", image_digest as "imageDigest", estimate, created_at as "createdAt"
  from accepted, queued`;

/** All SQL on tasks. */
@Injectable()
export class TasksRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.source.transaction(work);
  }

  /** For each acceptance the task, or null where its image is not there. All or none are committed. */
  async accept(acceptances: Acceptance[], tx: EntityManager = this.source.manager): Promise<(Task | null)[]> {
    const input = acceptances.map(({ id, owner, operations, speech, source, cost, taskTtl, resultTtl, callback }) => ({
      ...{ id, owner, operations, speech, fixed: cost.fixed, per_megapixel: cost.perMegapixel },
      ...{ task_ttl: taskTtl, result_ttl: resultTtl, callback },
      image_id: source.imageId,
      digest: source.digest,
    }));
    const rows: Accepted[] = await tx.query(acceptSql, [JSON.stringify(input)]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return acceptances.map((acceptance) => asTask(acceptance, byId.get(acceptance.id)));
  }

  find(owner: string, id: string, tx?: EntityManager): Promise<Task | null> {
    return this.tasks(tx).findOneBy({ owner, id });
  }

  /** For whoever waits for any of them. */
  findMany(ids: string[]): Promise<Task[]> {
    return this.tasks().findBy({ id: In(ids) });
  }

  list(filter: TaskFilter, keyset: Keyset): Promise<Task[]> {
    const query = this.tasks().createQueryBuilder('task').where('task.owner = :owner', filter);
    if (filter.state !== undefined) query.andWhere('task.state = :state', filter);
    if (filter.image !== undefined) query.andWhere('task.imageId = :image', filter);
    if (filter.createdAfter !== undefined) query.andWhere('task.createdAt > :createdAfter', filter);
    if (filter.createdBefore !== undefined) query.andWhere('task.createdAt < :createdBefore', filter);
    return newestFirst(query, keyset).getMany();
  }

  /** Whoever holds the row decides what becomes of it. */
  lock(tx: EntityManager, owner: string, id: string): Promise<Task | null> {
    return this.tasks(tx).findOne({ where: { owner, id }, lock: { mode: 'pessimistic_write' } });
  }

  /** Its row is to be locked. */
  async delete(tx: EntityManager, { id, imageDigest }: Task): Promise<void> {
    await this.tasks(tx).delete({ id });
    await tx.query('insert into loose_blobs (digest) values ($1) on conflict do nothing', [imageDigest]);
  }

  /** failed or cancelled → pending, with all attempts and a job of its own. false in any other state. */
  async retry(tx: EntityManager, owner: string, id: string): Promise<boolean> {
    const [retried]: { count: number }[] = await tx.query(
      `with retried as (
         update tasks set state = 'pending', round = round + 1, attempts_left = $3, problem = null, detail = null,
                          progress = null, started_at = null, completed_at = null, expires_at = null
         where owner = $1 and id = $2 and state = any($4)
         returning id, round
       ), queued as (${addJobsSql('process-task', "json_build_object('taskId', id, 'round', round)", 'retried')})
       select (select count(*)::int from retried) as count from queued`,
      [owner, id, attemptsMax, retriable],
    );
    return retried?.count === 1;
  }

  /** Tells the worker that works on it, wherever that is (delivered at the commit). */
  async interrupt(tx: EntityManager, id: string): Promise<void> {
    await tx.query('select pg_notify($1, $2)', [interruptions, id]);
  }

  /** Begins an attempt; null where the task is gone, at its end, in a later round, or has no attempt left. */
  async start(id: string, round: number): Promise<Task | null> {
    const { affected } = await this.tasks()
      .createQueryBuilder()
      .update()
      .set({
        attempt: () => 'attempt + 1',
        attemptsLeft: () => 'attempts_left - 1',
        startedAt: () => 'now()',
        progress: null,
      })
      .where("id = :id and round = :round and state = 'pending' and attempts_left > 0", { id, round })
      .execute();
    return affected === 1 ? this.tasks().findOneBy({ id }) : null;
  }

  /** false where the attempt does not count any more. */
  async progress({ id, attempt }: Attempt, progress: Progress): Promise<boolean> {
    const { affected } = await this.tasks().update({ id, attempt, state: 'pending' }, { progress });
    return affected === 1;
  }

  isPending(id: string): Promise<boolean> {
    return this.tasks().existsBy({ id, state: 'pending' });
  }

  /** The attempt counts no more: its worker had to stop. */
  async giveBack({ id, attempt }: Attempt): Promise<void> {
    await this.tasks().update(
      { id, attempt, state: 'pending' },
      { attemptsLeft: () => 'attempts_left + 1', startedAt: null, progress: null },
    );
  }

  /**
   * Deletes up to `limit` tasks whose time is over, and notes their blobs.
   * @returns how many
   */
  async sweep(now: Date, limit: number): Promise<number> {
    const [swept]: { count: number }[] = await this.source.query(
      `with doomed as (
         select id from tasks where expires_at < $1 order by expires_at limit $2 for update skip locked
       ), swept as (
         delete from tasks where id = any(array(select id from doomed)) returning image_digest
       ), loose as (
         insert into loose_blobs (digest) select distinct image_digest from swept on conflict do nothing
       ) select count(*)::int as count from swept`,
      [now, limit],
    );
    return swept?.count ?? 0;
  }

  /**
   * pending → its end, and from then on its own retention counts, or else the service's: compare-and-set.
   * null where it is at its end, gone, or not as `which` says, a later attempt having begun: discard what was made.
   */
  async end(tx: EntityManager, which: EndingTask, end: TaskEnd, taskTtl: number): Promise<Task | null> {
    const { affected } = await this.tasks(tx).update(
      { ...which, state: 'pending' },
      {
        ...end,
        completedAt: () => 'now()',
        expiresAt: () => `now() + make_interval(secs => least(task_ttl, ${Math.trunc(taskTtl)}))`,
      },
    );
    return affected === 1 ? this.tasks(tx).findOneBy({ id: which.id }) : null;
  }

  private tasks(tx: EntityManager = this.source.manager) {
    return tx.getRepository(TaskEntity);
  }
}

function asTask({ cost: _cost, source: _source, ...given }: Acceptance, accepted: Accepted | undefined): Task | null {
  if (accepted === undefined) return null;
  return {
    ...given,
    ...accepted,
    state: 'pending',
    progress: null,
    round: 0,
    attempt: 0,
    attemptsLeft: attemptsMax,
    outcomeId: null,
    problem: null,
    detail: null,
    startedAt: null,
    completedAt: null,
    expiresAt: null,
    version: 1,
  };
}
