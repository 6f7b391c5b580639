/** Every kind of job, with its payload. A worker refuses to start unless each has exactly one handler. */
export interface Jobs {
  /** Names the task that it was added for, and does the one whose turn it is (tasks/turns.ts). */
  'process-task': { taskId: string; round: number };
  'deliver-alert': { deliveryId: string };
  'hash-image': { imageId: string; digest: string };
  sweep: Record<string, never>;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- how graphile-worker learns the types of payloads
  namespace GraphileWorker {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- it takes what Jobs has, and adds nothing
    interface Tasks extends Jobs {}
  }
}

export type JobName = keyof Jobs;

export const jobNames = ['process-task', 'deliver-alert', 'hash-image', 'sweep'] as const satisfies JobName[];

/**
 * Tries of a job whose handler throws, which is for trouble around it (no database, no disk): about an hour and a half.
 * How often a *task* may be tried is the task's own business.
 */
export const triesMax = 9;

interface JobSql {
  /** SQL expressions on the rows: when it is to run, and the queue whose jobs run one after the other. */
  runAt?: string;
  queue?: string;
  tries?: number;
  priority?: number;
}

/** The priority of jobs that are run where no other waits: the lower, the sooner. */
export const whenIdle = 10;

/** That of jobs that are run before all others that wait. */
export const atOnce = -1;

/** Of jobs of the same moment any is taken first. No statement is done sooner than in a microsecond a row. */
const oneAfterTheOther = "statement_timestamp() + row_number() over () * interval '1 microsecond'";

/**
 * SQL that adds one job for each row of `rows`, within the statement or transaction that it is part of: the job is
 * there exactly if its cause is. Jobs are taken in the order of the rows.
 * @param payload an SQL expression on those rows that gives the payload as json
 * @param rows what may stand after FROM
 */
export function addJobsSql(
  job: JobName,
  payload: string,
  rows: string,
  { runAt = oneAfterTheOther, queue = 'null', tries = triesMax, priority = 0 }: JobSql = {},
): string {
  return `select count(*) from graphile_worker.add_jobs(array(
    select row('${job}', ${payload}, ${queue}, ${runAt}, ${tries}, null, ${priority}, null)::graphile_worker.job_spec from ${rows}
  ))`;
}
