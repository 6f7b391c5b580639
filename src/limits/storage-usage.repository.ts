import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** SQL on what owners have stored. Triggers write it (migrations/0020). */
@Injectable()
export class StorageUsageRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /** Bytes. */
  async stored(owner: string, tx: EntityManager = this.source.manager): Promise<number> {
    const [usage]: { stored: string }[] = await tx.query(
      'select coalesce(sum(bytes), 0) as stored from storage_usage where owner = $1',
      [owner],
    );
    return Number(usage?.stored ?? 0);
  }

  /** Makes one row of those of each owner: `limit` at most. @returns of how many */
  async fold(limit: number): Promise<number> {
    const [folded]: { count: number }[] = await this.source.query(
      `with many as (
         select ctid from storage_usage
         where owner = any(array(select owner from storage_usage group by owner having count(*) > 1))
         limit $1 for update skip locked
       ), folded as (
         delete from storage_usage where ctid = any(array(select ctid from many)) returning owner, bytes
       ), kept as (
         insert into storage_usage (owner, bytes) select owner, sum(bytes) from folded group by owner
       ) select count(*)::int as count from folded`,
      [limit],
    );
    return folded?.count ?? 0;
  }
}
