import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { newestFirst } from '../database/keyset.js';
import { type Keyset } from '../page.js';
import { type Cost } from '../processing/estimate.js';
import { type Progress } from '../processing/pipeline.js';
import { addJobsSql } from '../queue/jobs.js';
import { type Attempt, attemptsMax, type NewTask, type Task, type TaskProblem, type TaskState } from './task.js';
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

/** What the database adds to an acceptance. */
type Accepted = Pick<Task, 'id' | 'imageId' | 'imageDigest' | 'estimate' | 'createdAt'>;

/**
 * Any number of tasks and their jobs in one statement: one commit for all who wait for one (database/group-commit.ts).
 * A task whose image is not there is left out.
 */
const acceptSql = `
  with input as (
    select * from jsonb_to_recordset($1::jsonb) as input(
      id uuid, owner text, operations json, speech text, image_id uuid, digest text, fixed real, per_megapixel real)
  ), accepted as (
    insert into tasks (id, owner, operations, speech, image_id, image_digest, estimate, attempts_left)
    select input.id, input.owner, input.operations, input.speech, images.id, coalesce(images.digest, input.digest),
           input.fixed + input.per_megapixel * coalesce(images.width::real * images.height * images.pages / 1e6, 0),
           ${attemptsMax}
    from input left join images on images.id = input.image_id and images.owner = input.owner
    where images.id is not null or input.digest is not null
    returning id, image_id, image_digest, estimate, created_at
  ), queued as (${addJobsSql('process-task', "json_build_object('taskId', id)", 'accepted')})
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
  async accept(acceptances: Acceptance[]): Promise<(Task | null)[]> {
    const input = acceptances.map(({ id, owner, operations, speech, source, cost }) => ({
      ...{ id, owner, operations, speech, fixed: cost.fixed, per_megapixel: cost.perMegapixel },
      ...('imageId' in source ? { image_id: source.imageId } : { digest: source.digest }),
    }));
    const rows: Accepted[] = await this.source.query(acceptSql, [JSON.stringify(input)]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return acceptances.map((acceptance) => asTask(acceptance, byId.get(acceptance.id)));
  }

  find(owner: string, id: string): Promise<Task | null> {
    return this.tasks().findOneBy({ owner, id });
  }

  list(filter: TaskFilter, keyset: Keyset): Promise<Task[]> {
    const query = this.tasks().createQueryBuilder('task').where('task.owner = :owner', filter);
    if (filter.state !== undefined) query.andWhere('task.state = :state', filter);
    if (filter.image !== undefined) query.andWhere('task.imageId = :image', filter);
    if (filter.createdAfter !== undefined) query.andWhere('task.createdAt > :createdAfter', filter);
    if (filter.createdBefore !== undefined) query.andWhere('task.createdAt < :createdBefore', filter);
    return newestFirst(query, keyset).getMany();
  }

  /** Whoever works on it finds that it is gone when finishing: the outcome is discarded. */
  async delete(owner: string, id: string): Promise<boolean> {
    const { affected } = await this.tasks().delete({ owner, id });
    return affected === 1;
  }

  /** Begins an attempt; null where the task is gone, at its end, or has no attempt left. */
  async start(id: string): Promise<Task | null> {
    const { affected } = await this.tasks()
      .createQueryBuilder()
      .update()
      .set({
        attempt: () => 'attempt + 1',
        attemptsLeft: () => 'attempts_left - 1',
        startedAt: () => 'now()',
        progress: null,
      })
      .where("id = :id and state = 'pending' and attempts_left > 0", { id })
      .execute();
    return affected === 1 ? this.tasks().findOneBy({ id }) : null;
  }

  async progress({ id, attempt }: Attempt, progress: Progress): Promise<void> {
    await this.tasks().update({ id, attempt, state: 'pending' }, { progress });
  }

  /** The attempt counts no more: its worker had to stop. */
  async giveBack({ id, attempt }: Attempt): Promise<void> {
    await this.tasks().update(
      { id, attempt, state: 'pending' },
      { attemptsLeft: () => 'attempts_left + 1', startedAt: null, progress: null },
    );
  }

  /** Ends a task well. false where a later attempt has begun, or the task is gone or at its end: discard the outcome. */
  async succeed(tx: EntityManager, { id, attempt }: Attempt, outcomeId: string): Promise<boolean> {
    const { affected } = await this.tasks(tx).update(
      { id, attempt, state: 'pending' },
      { state: 'ok', outcomeId, completedAt: () => 'now()' },
    );
    return affected === 1;
  }

  async fail({ id, attempt }: Attempt, problem: TaskProblem, detail: string): Promise<boolean> {
    const { affected } = await this.tasks().update(
      { id, attempt, state: 'pending' },
      { state: 'failed', problem, detail, completedAt: () => 'now()' },
    );
    return affected === 1;
  }

  /** Ends a task whose every attempt died with its worker. */
  async failExhausted(id: string, problem: TaskProblem, detail: string): Promise<void> {
    await this.tasks().update(
      { id, state: 'pending', attemptsLeft: 0 },
      { state: 'failed', problem, detail, completedAt: () => 'now()' },
    );
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
    attempt: 0,
    attemptsLeft: attemptsMax,
    outcomeId: null,
    problem: null,
    detail: null,
    startedAt: null,
    completedAt: null,
  };
}
