import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { Clock } from '../database/clock.js';
import { type JobHandler } from '../queue/job-handler.js';
import { Schedule } from '../queue/schedule.js';
import { SweepService } from './sweep.service.js';

/** The sweep as a job that asks for the next one itself: one at a time, across any number of processes. */
@Injectable()
export class SweepJob implements JobHandler<'sweep'> {
  readonly job = 'sweep';

  constructor(
    private readonly sweeper: SweepService,
    private readonly schedule: Schedule,
    @Inject(Config) private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Asked for by every worker that starts. A sweep that is due already stays due. */
  ensure(): Promise<void> {
    return this.schedule.at('sweep', this.next(), { unlessEarlier: true });
  }

  async run(): Promise<void> {
    try {
      await this.sweeper.sweep(this.clock.now());
    } finally {
      await this.schedule.at('sweep', this.next());
    }
  }

  private next(): Date {
    return new Date(this.clock.now().getTime() + this.config.SWEEP_SECONDS * 1000);
  }
}
