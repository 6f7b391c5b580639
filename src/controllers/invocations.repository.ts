import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Invocation } from './invocation.js';
import { InvocationEntity } from './invocation.entity.js';

/** All SQL on invocations. */
@Injectable()
export class InvocationsRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.source.transaction(work);
  }

  find(
    owner: string,
    controller: string,
    id: string,
    tx: EntityManager = this.source.manager,
  ): Promise<Invocation | null> {
    return tx.getRepository(InvocationEntity).findOneBy({ owner, controller, id });
  }

  async insert(tx: EntityManager, invocation: Invocation): Promise<void> {
    await tx.getRepository(InvocationEntity).insert(invocation);
  }

  /** @returns how many were deleted */
  async sweep(before: Date, limit: number): Promise<number> {
    const [swept]: { count: number }[] = await this.source.query(
      `with doomed as (
         select id from invocations where created_at < $1 order by created_at limit $2 for update skip locked
       ), swept as (
         delete from invocations where id = any(array(select id from doomed)) returning 1
       ) select count(*)::int as count from swept`,
      [before, limit],
    );
    return swept?.count ?? 0;
  }
}
