import { Logger } from '@nestjs/common';
import { type JobHandler } from './job-handler.js';
import { type JobName } from './jobs.js';

/** One run of a job, which is over. */
export interface JobRun {
  job: JobName;
  /** error: it was thrown out of it, and the job is tried again. */
  result: 'ok' | 'error';
  seconds: number;
}

const logger = new Logger('queue');

/** The same handler, whose runs are told of. What it throws goes on: whoever runs it logs that. */
export function observed(handler: JobHandler<JobName>, onRun: (run: JobRun) => void): JobHandler<JobName> {
  const { job } = handler;
  return {
    job,
    async run(payload, context) {
      const began = performance.now();
      let result: JobRun['result'] = 'error';
      logger.debug({ msg: 'job begins', job, ...payload });
      try {
        await handler.run(payload, context);
        result = 'ok';
      } finally {
        const seconds = (performance.now() - began) / 1000;
        onRun({ job, result, seconds });
        logger.debug({ msg: 'job ends', job, ...payload, result, seconds });
      }
    },
  };
}
