import { addJobsSql, atOnce } from '../queue/jobs.js';

/**
 * Turns between owners. An owner who has tasks that wait has a row in `turns`, its place in a line. A worker takes the first of
 * the line, sends it to the end, and does its oldest task: one of another's many tasks at most is done before the first of
 * one's own. A job is there for every task that waits, and does not name it: it is one task's worth of work.
 *
 * A row must not be taken away because its owner has nothing waiting while a task of the owner is about to be committed.
 * So whoever adds a task holds a lock of the owner until the commit, beside others who do; whoever takes the row away
 * holds it alone, and looks again.
 */

/** A job, and the task that it was added for. */
export interface TurnJob {
  id: string;
  taskId: string;
}

/** SQL: the jobs of rows that have id and round. */
export const taskJobsSql = (rows: string, priority = 0): string =>
  addJobsSql('process-task', "json_build_object('taskId', id, 'round', round)", rows, { priority });

/** First half of the key of that lock, any number; the second is the hash of the owner. */
const ownerLockClass = 0x0da2d;

/** SQL: a task that waits for its owner's turn. In the words of the index that finds them (migrations/0019). */
export const waitingSql = (tasks: string): string =>
  `${tasks}.state = 'pending' and ${tasks}.job is null and ${tasks}.started_at is null
   and (${tasks}.leader is null or ${tasks}.leader = ${tasks}.id)`;

/**
 * SQL: null where nothing of the owner waits. One row at most: PostgreSQL looks it up in the index, and makes no table of all
 * that wait. In the order of that index: in others stands what is pending and does not wait, which may be much.
 * @param owner an SQL expression
 */
const anyWaitingSql = (owner: string): string =>
  `(select true from tasks as waits where waits.owner = ${owner} and ${waitingSql('waits')}
    order by waits.queued_at limit 1)`;

/**
 * CTEs that put the owners of rows into the line, behind those who are in it. What must not be done before reads from `lined`.
 * @param rows what may stand after FROM, and has an owner
 */
export const lineUpSql = (rows: string): string => `
  locked as materialized (
    select owner, pg_advisory_xact_lock_shared(${ownerLockClass}, hashtext(owner))
    from (select distinct owner from ${rows}) as owners
  ), lined as (
    -- In one order: two statements that add the same owners wait for each other, and not in a circle.
    insert into turns (owner) select owner from locked order by owner on conflict do nothing returning owner
  )`;

/** The owner whose turn it is, and how many of its tasks wait (two means any number); where nobody's is to be had, whether anybody's wait. */
export interface Turn {
  owner: string | null;
  waiting: number;
  others: boolean;
}

/**
 * Takes the next turn. Its commit does not wait for the disk: the worst that a power failure does is that somebody has a turn
 * twice. Of workers that ask at the same moment each gets another owner's.
 */
export const takeTurnSql = `
  with quick as materialized (
    select set_config('synchronous_commit', 'off', true)
  ), taken as (
    update turns set place = nextval('turns_place_seq') from quick
    where owner = (
      select owner from turns where ${anyWaitingSql('turns.owner')} order by place limit 1
      for no key update skip locked
    ) returning owner
  )
  select (select owner from taken) as owner,
         (select count(*)::int from (
           select from tasks where tasks.owner = (select owner from taken) and ${waitingSql('tasks')}
           order by queued_at limit 2
         ) as two) as waiting,
         (select owner from taken) is null and exists (select from turns where ${anyWaitingSql('turns.owner')}) as others`;

/** SQL: the oldest task of $1 that waits and that nobody else is about to change. */
export const oldestSql = `
  select id from tasks as oldest where owner = $1 and ${waitingSql('oldest')}
  order by queued_at limit 1 for update skip locked`;

/**
 * The task that the job $1 has taken before, and not done. So that no task waits without a turn, the one that the job was added
 * for is put into the line where its owner is not in it.
 */
export const heldSql = `
  with ${lineUpSql(`tasks where id = $2 and ${waitingSql('tasks')}
                    and not exists (select from turns where turns.owner = tasks.owner)`)}
  select id from tasks where job = $1 and state = 'pending'`;

/**
 * Adds the jobs that tasks lack. None does as long as a job that was freed from a worker is not finished by that worker after
 * all, and as long as none is tried for the last time in vain: a task whose job is that one is without any.
 */
export const mendSql = `
  with alone as (
    update tasks set job = null, started_at = null, progress = null
    where state = 'pending' and job is not null and not exists (
      select from graphile_worker.jobs where jobs.id = job and (attempts < max_attempts or locked_at is not null)
    )
    returning id, round, owner
  ), ${lineUpSql('alone')}, free as (
    select count(*) as jobs from graphile_worker.jobs
    where task_identifier = 'process-task' and attempts < max_attempts
      and not exists (select from tasks where job = jobs.id and state = 'pending')
  ), lacking as (
    select id, round from tasks where ${waitingSql('tasks')} order by queued_at
    limit (select greatest(0, (select count(*) from tasks where ${waitingSql('tasks')}) - jobs) from free)
  ), lacks as (
    select id, round from alone union all select id, round from lacking
  ) ${taskJobsSql('lacks', atOnce)}`;

/** Owners at the front of the line who have nothing waiting, each locked against those who add to it. */
export const lockIdleSql = `
  with idle as materialized (
    select owner from (select owner from turns order by place limit 100) as first where ${anyWaitingSql('first.owner')} is null
  ) select owner from idle where pg_try_advisory_xact_lock(${ownerLockClass}, hashtext(owner))`;

/** Takes those of $1 out of the line who have nothing waiting. They are locked: nothing is being added. */
export const leaveLineSql = `delete from turns where owner = any($1) and ${anyWaitingSql('turns.owner')} is null`;
