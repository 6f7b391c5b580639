import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { newestFirst } from '../database/keyset.js';
import { type Keyset } from '../page.js';
import { type Progress } from '../processing/pipeline.js';
import { addJobsSql } from '../queue/jobs.js';
import { type Acceptance, type Accepted, acceptedTask, acceptSql, inputOf } from './acceptance.js';
import {
  type Attempt,
  attemptsMax,
  type Expectation,
  interruptions,
  retriable,
  type Task,
  type TaskProblem,
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

/** All SQL on tasks. */
@Injectable()
export class TasksRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.source.transaction(work);
  }

  /** For each acceptance the task, or null where its image is not there. All or none are committed. */
  async accept(acceptances: Acceptance[], tx: EntityManager = this.source.manager): Promise<(Task | null)[]> {
    const rows: Accepted[] = await tx.query(acceptSql, [JSON.stringify(acceptances.map(inputOf))]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return acceptances.map((acceptance) => {
      const accepted = byId.get(acceptance.id);
      return accepted === undefined ? null : acceptedTask(acceptance, accepted);
    });
  }

  find(owner: string, id: string, tx?: EntityManager): Promise<Task | null> {
    return this.tasks(tx).findOneBy({ owner, id });
  }

  list(filter: TaskFilter, keyset: Keyset): Promise<Task[]> {
    const query = this.tasks().createQueryBuilder('task').where('task.owner = :owner', filter);
    if (filter.state !== undefined) query.andWhere('task.state = :state', filter);
    if (filter.image !== undefined) query.andWhere('task.imageId = :image', filter);
    if (filter.createdAfter !== undefined) query.andWhere('task.createdAt > :createdAfter', filter);
    if (filter.createdBefore !== undefined) query.andWhere('task.createdAt < :createdBefore', filter);
    return newestFirst(query, keyset).getMany();
  }

  /**
   * Compare-and-set on what was read: `stale` where it has moved on. Whoever works on it is told, and cannot finish it:
   * the outcome is discarded.
   */
  async delete({ id, state, attempt, round, imageDigest }: Task): Promise<'deleted' | 'stale'> {
    return this.source.transaction(async (tx) => {
      const { affected } = await this.tasks(tx).delete({ id, state, attempt, round });
      if (affected !== 1) return 'stale';
      await tx.query('insert into loose_blobs (digest) values ($1) on conflict do nothing', [imageDigest]);
      await this.interrupt(tx, id);
      return 'deleted';
    });
  }

  /** pending → cancelled. null where it is not pending; else what it was. */
  async cancel(tx: EntityManager, owner: string, id: string, taskTtl: number): Promise<Task | null> {
    const task = await this.tasks(tx).findOne({
      where: { owner, id, state: 'pending' },
      lock: { mode: 'pessimistic_write' },
    });
    if (task === null) return null;
    await this.end(tx, { id, state: 'pending' }, { state: 'cancelled' }, taskTtl);
    await this.interrupt(tx, id);
    return task;
  }

  /** failed or cancelled → pending, with all attempts and a job of its own. false in any other state. */
  async retry(tx: EntityManager, owner: string, id: string, expected: Expectation): Promise<boolean> {
    const [retried]: { count: number }[] = await tx.query(
      `with retried as (
         update tasks set state = 'pending', round = round + 1, attempts_left = $3, problem = null, detail = null,
                          progress = null, started_at = null, completed_at = null, expires_at = null,
                          queued_at = now(), estimate = $5, wait = $6, p90 = $7, ahead = $8
         where owner = $1 and id = $2 and state = any($4)
         returning id, round
       ), queued as (${addJobsSql('process-task', "json_build_object('taskId', id, 'round', round)", 'retried')})
       select (select count(*)::int from retried) as count from queued`,
      [owner, id, attemptsMax, retriable, expected.estimate, expected.wait, expected.p90, expected.ahead],
    );
    return retried?.count === 1;
  }

  /** Tells the worker that works on it, wherever that is (delivered at the commit). */
  private async interrupt(tx: EntityManager, id: string): Promise<void> {
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

  /** Ends a task well. false where a later attempt has begun, or the task is gone or at its end: discard the outcome. */
  succeed(tx: EntityManager, { id, attempt }: Attempt, outcomeId: string, taskTtl: number): Promise<boolean> {
    return this.end(tx, { id, attempt, state: 'pending' }, { state: 'ok', outcomeId }, taskTtl);
  }

  fail({ id, attempt }: Attempt, problem: TaskProblem, detail: string, taskTtl: number): Promise<boolean> {
    return this.end(
      this.source.manager,
      { id, attempt, state: 'pending' },
      { state: 'failed', problem, detail },
      taskTtl,
    );
  }

  /** Ends a task whose every attempt died with its worker. */
  failExhausted(id: string, round: number, problem: TaskProblem, detail: string, taskTtl: number): Promise<boolean> {
    const exhausted = { id, round, state: 'pending', attemptsLeft: 0 } as const;
    return this.end(this.source.manager, exhausted, { state: 'failed', problem, detail }, taskTtl);
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

  /** The one way a task ends: compare-and-set, and from then on its own retention counts, or else the service's. */
  private async end(
    tx: EntityManager,
    where: FindOptionsWhere<TaskEntity>,
    end: { state: TaskState; outcomeId?: string; problem?: TaskProblem; detail?: string },
    taskTtl: number,
  ): Promise<boolean> {
    const { affected } = await this.tasks(tx).update(where, {
      ...end,
      completedAt: () => 'now()',
      expiresAt: () => `now() + make_interval(secs => least(task_ttl, ${Math.trunc(taskTtl)}))`,
    });
    return affected === 1;
  }

  private tasks(tx: EntityManager = this.source.manager) {
    return tx.getRepository(TaskEntity);
  }
}
