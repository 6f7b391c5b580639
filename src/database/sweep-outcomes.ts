import { type DataSource } from 'typeorm';

/**
 * Deletes up to `limit` rows whose time is over, and notes their blobs, which may have lost their last reference.
 * @param table has `id`, `digest` and `expires_at`
 * @returns how many
 */
export async function sweepOutcomes(
  source: DataSource,
  table: 'images' | 'texts',
  now: Date,
  limit: number,
): Promise<number> {
  const [swept]: { count: number }[] = await source.query(
    `with doomed as (
       select id from ${table} where expires_at < $1 order by expires_at limit $2 for update skip locked
     ), swept as (
       delete from ${table} where id = any(array(select id from doomed)) returning digest
     ), loose as (
       insert into loose_blobs (digest) select distinct digest from swept on conflict do nothing
     ) select count(*)::int as count from swept`,
    [now, limit],
  );
  return swept?.count ?? 0;
}
