import { type JobName, type Jobs } from './jobs.js';

export interface JobContext {
  /** Of the job: the same at every try. */
  id: string;
  /** Aborted when the worker has to stop before the job is done: give the work back, then throw. */
  signal: AbortSignal;
  /** What is thrown now is not tried again. */
  lastTry: boolean;
}

/**
 * Runs the jobs of one kind. A job may run twice (at least once): its effect is to be guarded by a compare-and-set.
 * What it throws is logged, and the job is tried again later.
 */
export interface JobHandler<Name extends JobName> {
  readonly job: Name;
  run(payload: Jobs[Name], context: JobContext): Promise<void>;
}
