import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { newestFirst } from '../database/keyset.js';
import { type Keyset } from '../page.js';
import { type Progress } from '../processing/progress.js';
import { atOnce } from '../queue/jobs.js';
import {
  type Attempt,
  attemptsMax,
  type Expectation,
  interruptions,
  retriable,
  type Task,
  type TaskEnd,
  type TaskState,
} from './task.js';
import { TaskEntity } from './task.entity.js';
import { lineUpSql, oldestSql, taskJobsSql } from './turns.js';

export interface TaskFilter {
  owner: string;
  state?: TaskState;
  image?: string;
  createdAfter?: Date;
  createdBefore?: Date;
}

/** A task that is to end if it is still so. */
export type EndingTask = Pick<Task, 'id'> & Partial<Pick<Task, 'attempt' | 'attemptsLeft'>>;

/** Those who follow $1: in the words of the index that finds them. */
export const followingSql = (tasks: string): string =>
  `${tasks}.leader = $1 and ${tasks}.leader <> ${tasks}.id and ${tasks}.state = 'pending'`;

function endOf(end: TaskEnd, taskTtl: number) {
  return {
    ...end,
    completedAt: () => 'now()',
    expiresAt: () => `now() + make_interval(secs => least(task_ttl, ${Math.trunc(taskTtl)}))`,
  };
}

/** Tasks that one statement changes: any number may follow one, and a statement has 65,535 parameters and its time at most. */
const lot = 1_000;

function* inLots(ids: readonly string[]): Generator<string[]> {
  for (let at = 0; at < ids.length; at += lot) yield ids.slice(at, at + lot);
}

/** What the beginning of an attempt sets. */
const began = 'attempt = attempt + 1, attempts_left = attempts_left - 1, started_at = now(), progress = null';

/** As long as they are no more than so many, those who follow a task show each step of its work: each costs a row and a notification. */
const shownMax = 100;

/** All SQL on tasks. */
@Injectable()
export class TasksRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.source.transaction(work);
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
  async delete(tx: EntityManager, { id, imageDigest, inputs }: Task): Promise<void> {
    await this.tasks(tx).delete({ id });
    const digests = [imageDigest, ...inputs.map(({ digest }) => digest)];
    await tx.query('insert into loose_blobs (digest) select distinct unnest($1::text[]) on conflict do nothing', [
      digests,
    ]);
  }

  /** failed or cancelled → pending, with all attempts and a job of its own: it works for itself. false in any other state. */
  async retry(tx: EntityManager, owner: string, id: string, expected: Expectation): Promise<boolean> {
    const [retried]: { count: number }[] = await tx.query(
      `with retried as (
         update tasks set state = 'pending', round = round + 1, attempts_left = $3, problem = null, detail = null,
                          progress = null, job = null, started_at = null, completed_at = null, expires_at = null, leader = null,
                          queued_at = now(), estimate = $5, wait = $6, p90 = $7, ahead = $8
         where owner = $1 and id = $2 and state = any($4)
         returning id, round, owner
       ), ${lineUpSql('retried')}, queued as (${taskJobsSql('retried')})
       select (select count(*)::int from retried) as count from queued, (select count(*) from lined) as line`,
      [owner, id, attemptsMax, retriable, expected.estimate, expected.wait, expected.p90, expected.ahead],
    );
    return retried?.count === 1;
  }

  /** Tells the worker that works on it, wherever that is (delivered at the commit). */
  async interrupt(tx: EntityManager, id: string): Promise<void> {
    await tx.query('select pg_notify($1, $2)', [interruptions, id]);
  }

  /** Begins an attempt at the oldest of the owner's tasks that wait, which is the job's from now on; null where there is none. */
  startOldest(owner: string, job: string): Promise<Task | null> {
    return this.start(`${began}, job = $2`, `id = (${oldestSql})`, [owner, job]);
  }

  /** Begins an attempt at a task that the job has begun before; null where it is not the job's, at its end, or has no attempt left. */
  startAgain(id: string, job: string): Promise<Task | null> {
    return this.start(began, 'id = $1 and job = $2 and attempts_left > 0', [id, job]);
  }

  private async start(set: string, which: string, parameters: unknown[]): Promise<Task | null> {
    const id = await this.step(set, which, parameters);
    return id === null ? null : this.tasks().findOneBy({ id });
  }

  /** false where the attempt does not count any more. */
  async progress({ id, attempt }: Attempt, progress: Progress): Promise<boolean> {
    return (await this.step('progress = $3', 'id = $1 and attempt = $2', [id, attempt, progress], shownMax)) !== null;
  }

  /** The attempt counts no more: its worker had to stop. */
  async giveBack({ id, attempt }: Attempt): Promise<void> {
    const set = 'attempts_left = attempts_left + 1, started_at = null, progress = null';
    await this.step(set, 'id = $1 and attempt = $2', [id, attempt]);
  }

  /**
   * Changes a pending task, and what those who follow it show of its work, where they are no more than `followersMax`.
   * @returns its id; null where it is not as `which` says
   */
  private async step(
    set: string,
    which: string,
    parameters: unknown[],
    followersMax = Infinity,
  ): Promise<string | null> {
    const [[stepped]]: [{ id: string; leads: boolean }[], number] = await this.source.query(
      `update tasks set ${set} where ${which} and state = 'pending' returning id, leader = id as leads`,
      parameters,
    );
    if (stepped?.leads) await this.showFollowing(stepped.id, followersMax);
    return stepped?.id ?? null;
  }

  /** By statements of their own: they see those who have begun to follow while the step waited for them. */
  private async showFollowing(leader: string, max: number): Promise<void> {
    const following: { id: string }[] = await this.source.query(
      `select id from tasks where ${followingSql('tasks')} order by id limit $2`,
      [leader, max === Infinity ? null : max + 1],
    );
    if (following.length > max) return;
    for (const some of inLots(following.map(({ id }) => id))) {
      await this.source.query(
        `update tasks set started_at = ahead.started_at, progress = ahead.progress
         from (select started_at, progress from tasks where id = $1) as ahead
         where tasks.id = any($2) and ${followingSql('tasks')}`,
        [leader, some],
      );
    }
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
         delete from tasks where id = any(array(select id from doomed)) returning image_digest, inputs
       ), loose as (
         insert into loose_blobs (digest)
         select image_digest from swept union
         select input ->> 'digest' from swept cross join jsonb_array_elements(inputs) as input
         on conflict do nothing
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
    const { affected } = await this.tasks(tx).update({ ...which, state: 'pending' }, endOf(end, taskTtl));
    return affected === 1 ? this.tasks(tx).findOneBy({ id: which.id }) : null;
  }

  /** Those who follow a task that has ended come to the same end. Its row is to be locked. */
  async endFollowing(tx: EntityManager, { id }: Task, end: TaskEnd, taskTtl: number): Promise<Task[]> {
    const ended: Task[][] = [];
    for (const some of inLots(await this.lockFollowing(tx, id))) {
      await this.tasks(tx).update({ id: In(some) }, endOf(end, taskTtl));
      ended.push(await this.tasks(tx).findBy({ id: In(some) }));
    }
    return ended.flat();
  }

  /**
   * The first of those who follow a task leads the others from now on, and has a job in the place of that of the task, which
   * has ended without having done the work. Its row is to be locked. The job puts their owner into the line (turns.ts), and is run
   * soon for that: this transaction must not wait for one that adds tasks and waits for the row.
   */
  async handOver(tx: EntityManager, { id }: Task): Promise<void> {
    const following = await this.lockFollowing(tx, id);
    const [heir] = following;
    if (heir === undefined) return;
    for (const some of inLots(following)) {
      await this.tasks(tx).update({ id: In(some) }, { leader: heir, startedAt: null, progress: null });
    }
    const rows = '(select id, round from tasks where id = $1) as heir';
    await tx.query(taskJobsSql(rows, atOnce), [heir]);
  }

  private async lockFollowing(tx: EntityManager, leader: string): Promise<string[]> {
    const following: { id: string }[] = await tx.query(
      `select id from tasks where ${followingSql('tasks')} order by id for update`,
      [leader],
    );
    return following.map(({ id }) => id);
  }

  private tasks(tx: EntityManager = this.source.manager) {
    return tx.getRepository(TaskEntity);
  }
}
