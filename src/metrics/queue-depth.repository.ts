import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** How full the queue is with jobs of one kind. */
export interface QueueDepth {
  job: string;
  /** To be taken now, being worked on, for later, and given up. */
  ready: number;
  running: number;
  later: number;
  dead: number;
  /** How long the first of those that are ready has been so, seconds. */
  oldest: number;
}

/** However many ask, the database is asked once in so long, ms. */
const askedEveryMs = 1_000;

/** SQL on the queue, of all processes. */
@Injectable()
export class QueueDepthRepository {
  private asked: { at: number; answer: Promise<QueueDepth[]> } | undefined;

  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /** @returns as it was within the last second; none where the database does not answer */
  depths(): Promise<QueueDepth[]> {
    const now = performance.now();
    if (this.asked === undefined || now - this.asked.at >= askedEveryMs) {
      this.asked = { at: now, answer: this.ask().catch(() => []) };
    }
    return this.asked.answer;
  }

  private ask(): Promise<QueueDepth[]> {
    return this.source.query(
      `select identifier as job,
              count(*) filter (where ready)::int as ready,
              count(*) filter (where locked_at is not null)::int as running,
              count(*) filter (where locked_at is null and not dead and run_at > now())::int as later,
              count(*) filter (where locked_at is null and dead)::int as dead,
              coalesce(extract(epoch from now() - min(run_at) filter (where ready)), 0)::float as oldest
       from (select *, attempts >= max_attempts as dead,
                    locked_at is null and attempts < max_attempts and run_at <= now() as ready
             from graphile_worker._private_jobs) as jobs
       join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
       group by identifier order by identifier`,
    );
  }
}
