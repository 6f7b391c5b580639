import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type JobName, triesMax } from './jobs.js';

/** Jobs that there is one of: each names the time of the next. */
@Injectable()
export class Schedule {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /** The one job of this name is to run at that time; `unlessEarlier` leaves one alone that waits already. */
  async at(job: JobName, time: Date, { unlessEarlier = false } = {}): Promise<void> {
    await this.source.query(
      `select graphile_worker.add_job($1, '{}'::json, queue_name => $1, run_at => $2, max_attempts => $3,
                                      job_key => $1, job_key_mode => $4)`,
      [job, time, triesMax, unlessEarlier ? 'preserve_run_at' : 'replace'],
    );
  }
}
