import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import {
  type Acceptance,
  type Accepted,
  acceptedTask,
  acceptSql,
  followSql,
  inputOf,
  isOwn,
  type Source,
} from './acceptance.js';
import { type Task } from './task.js';
import { TaskEntity } from './task.entity.js';

/** Of each work the task that leads it, and the latest that has done it: in the words of the indexes that find them. */
export const equalsSql = `
  select id from tasks where work_digest = any($1) and state = 'pending' and leader = id
  union all
  select done.id from unnest($1::text[]) as wanted(work_digest) cross join lateral (
    select id from tasks where tasks.work_digest = wanted.work_digest and state = 'ok' order by id desc limit 1
  ) as done`;

/** The SQL of how tasks come to be. */
@Injectable()
export class AcceptancesRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /**
   * The tasks that the acceptances have become; those that things have changed for meanwhile are left out.
   * @param unlessKnown so are those whose work a task does or has done: nobody has looked
   */
  async accept(acceptances: readonly Acceptance[], unlessKnown: boolean, tx = this.source.manager): Promise<Task[]> {
    const [own, following] = [acceptances.filter(isOwn), acceptances.filter((each) => !isOwn(each))];
    const [queued, done] = [own.filter((each) => each.queued), own.filter((each) => !each.queued)];
    return [
      ...(await this.insert(acceptSql({ queue: true, unlessKnown }), queued, tx)),
      ...(await this.insert(acceptSql({ queue: false, unlessKnown: false }), done, tx)),
      // Behind those whom they may follow.
      ...(await this.insert(followSql, following, tx)),
    ];
  }

  private async insert(sql: string, acceptances: Acceptance[], tx: EntityManager): Promise<Task[]> {
    if (acceptances.length === 0) return [];
    const rows: Accepted[] = await tx.query(sql, inputOf(acceptances));
    const byId = new Map(rows.map((row) => [row.id, row]));
    return acceptances.flatMap((acceptance) => {
      const accepted = byId.get(acceptance.id);
      return accepted === undefined ? [] : [acceptedTask(acceptance, accepted)];
    });
  }

  /** What is known of stored images, by id. */
  async sources(ids: readonly string[], tx: EntityManager = this.source.manager): Promise<Map<string, Source>> {
    const rows: Source[] = await tx.query(
      'select id, owner, digest, media_type as "mediaType", width, height, pages from images where id = any($1)',
      [ids],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  async equals(workDigests: readonly string[], tx: EntityManager = this.source.manager): Promise<Task[]> {
    const rows: { id: string }[] = await tx.query(equalsSql, [workDigests]);
    return rows.length === 0 ? [] : tx.getRepository(TaskEntity).findBy({ id: In(rows.map(({ id }) => id)) });
  }
}
