import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

export interface Pending {
  owner: string;
  count: number;
}

/** SQL on how many tasks are pending. */
@Injectable()
export class PendingTasksRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  count(tx: EntityManager = this.source.manager): Promise<Pending[]> {
    return tx.query("select owner, count(*)::int as count from tasks where state = 'pending' group by owner");
  }
}
