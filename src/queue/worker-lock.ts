/**
 * First half of the key of the advisory lock that a worker process holds for as long as it lives, any number; the second
 * is the hash of its id. PostgreSQL drops the lock the moment the connection of a killed process breaks.
 */
export const workerLockClass = 0x0da2c;

/**
 * SQL: whether the worker lives.
 * @param id an SQL expression that gives its id
 */
export function isAliveSql(id: string): string {
  // A lock of two keys stands in pg_locks as classid and objid, unsigned, with objsubid 2.
  return `exists (
    select from pg_locks
    where locktype = 'advisory' and granted and objsubid = 2
      and database = (select oid from pg_database where datname = current_database())
      and classid::bigint = ${workerLockClass} and objid::bigint = hashtext(${id})::bigint & 4294967295
  )`;
}
