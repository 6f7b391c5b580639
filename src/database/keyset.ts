import { type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import { type Keyset } from '../page.js';

/** One row more than the page holds: it tells whether the list goes on. */
export function newestFirst<T extends ObjectLiteral>(
  query: SelectQueryBuilder<T>,
  keyset: Keyset,
): SelectQueryBuilder<T> {
  const id = `${query.alias}.id`;
  if (keyset.olderThan !== undefined) query.andWhere(`${id} < :olderThan`, keyset);
  if (keyset.newerThan !== undefined) query.andWhere(`${id} > :newerThan`, keyset);
  return query.orderBy(id, keyset.newerThan === undefined ? 'DESC' : 'ASC').limit(keyset.limit + 1);
}
