import { type WorkerEvents } from 'graphile-worker';
import type pg from 'pg';

/**
 * The jobs that this process was given. The database may believe that it has more: a job is locked in its name by a statement
 * whose answer was lost, with the connection or in a server that stood still. Nobody works on that one, and its holder lives.
 */
export class JobsInHand {
  private readonly ids = new Set<string>();
  /** Locked in our name and not in hand, as the latest look has found. */
  private suspects = new Set<string>();

  watch(events: WorkerEvents): void {
    events.on('job:start', ({ job }) => this.ids.add(job.id));
    events.on('job:complete', ({ job }) => this.ids.delete(job.id));
  }

  /**
   * Frees the jobs that never reached us: those that two looks in a row have found, since an answer may be on its way, and so may
   * the word that a job has ended.
   * @param workers in whose names we take jobs
   * @returns how many
   */
  async freeLost(client: pg.Client, workers: readonly string[]): Promise<number> {
    const { rows } = await client.query<{ id: string }>(
      `select id::text from graphile_worker._private_jobs
       where locked_by = any($1::text[]) and locked_at < now() - interval '3 seconds'`,
      [workers],
    );
    const missing = rows.map(({ id }) => id).filter((id) => !this.ids.has(id));
    const lost = missing.filter((id) => this.suspects.has(id));
    this.suspects = new Set(missing);
    if (lost.length > 0) await free(client, workers, lost);
    return lost.length;
  }
}

/** They have not been tried. What is in a queue of its own holds that queue too. */
async function free(client: pg.Client, workers: readonly string[], ids: string[]): Promise<void> {
  await client.query(
    `with freed as (
       update graphile_worker._private_jobs set locked_by = null, locked_at = null, attempts = greatest(attempts - 1, 0)
       where id = any($1::bigint[]) and locked_by = any($2::text[]) returning job_queue_id
     )
     update graphile_worker._private_job_queues set locked_by = null, locked_at = null
     where id in (select job_queue_id from freed)`,
    [ids, workers],
  );
}
