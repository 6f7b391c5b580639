/**
 * First half of the key of the advisory lock that a worker process holds for as long as it lives, any number; the second
 * is the hash of its id. PostgreSQL drops the lock the moment the connection of a killed process breaks.
 */
export const workerLockClass = 0x0da2c;

/** A worker whose session has asked nothing for so long hangs, s. It asks several times in that time: liveness.ts. */
export const hangSecondsUsual = 30;

/**
 * SQL: whether the worker lives: it holds its lock, and has asked something on that session of late. One that was stopped
 * in the middle of its work holds the lock for as long as it is stopped.
 * @param id an SQL expression that gives its id
 */
export function isAliveSql(id: string, hangSeconds = hangSecondsUsual): string {
  // A lock of two keys stands in pg_locks as classid and objid, unsigned, with objsubid 2. Of sessions that are not ours to
  // see, state and its change are null.
  return `exists (
    select from pg_locks join pg_stat_activity as session using (pid)
    where locktype = 'advisory' and granted and objsubid = 2
      and database = (select oid from pg_database where datname = current_database())
      and classid::bigint = ${workerLockClass} and objid::bigint = hashtext(${id})::bigint & 4294967295
      and (session.state is distinct from 'idle' or state_change > clock_timestamp() - interval '${hangSeconds} seconds')
  )`;
}
