import { NestFactory } from '@nestjs/core';
import { type Config } from './config.js';
import { Processing } from './processing/processing.js';
import { Runner } from './queue/runner.js';
import { ProcessTaskJob } from './tasks/process-task.job.js';
import { WorkerModule } from './worker.module.js';

/** A running worker: takes jobs until it is stopped. */
export interface Worker {
  /** Takes no more jobs; those in hand finish, or are given back when the time to drain is over. */
  stop(): Promise<void>;
}

export async function startWorker(config: Config, databaseUrl: string): Promise<Worker> {
  const context = await NestFactory.createApplicationContext(WorkerModule.forRoot(config, databaseUrl), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  await context.get(Processing).warm();
  const runner = new Runner(
    { databaseUrl, concurrency: config.WORKER_CONCURRENCY, drainMs: config.DRAIN_SECONDS * 1000 },
    [context.get(ProcessTaskJob)],
  );
  await runner.start();
  return {
    async stop() {
      await runner.stop();
      await context.close();
    },
  };
}
