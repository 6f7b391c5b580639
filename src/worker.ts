import { NestFactory } from '@nestjs/core';
import { type Config } from './config.js';
import { Notifications } from './database/notifications.js';
import { SweepJob } from './garbage/sweep.job.js';
import { Processing } from './processing/processing.js';
import { Runner } from './queue/runner.js';
import { ProcessTaskJob } from './tasks/process-task.job.js';
import { interruptions } from './tasks/task.js';
import { WorkerModule } from './worker.module.js';

/** A running worker: takes jobs until it is stopped. */
export interface Worker {
  /** Takes no more jobs; those in hand finish, or are given back when the time to drain is over. */
  stop(): Promise<void>;
}

export async function startWorker(config: Config, databaseUrl: string): Promise<Worker> {
  const context = await NestFactory.createApplicationContext(WorkerModule.forRoot(config, databaseUrl), {
    logger: ['error', 'warn', 'log'],
    abortOnError: false,
  });
  const [tasks, sweep] = [context.get(ProcessTaskJob), context.get(SweepJob)];
  const notifications = new Notifications(databaseUrl);
  notifications.on(interruptions, (taskId) => tasks.interrupt(taskId));
  // One job more than there are children for pixels: it is taken, or stored, while they are all at work; and the sweep
  // never has a child wait.
  const slots = config.WORKER_CONCURRENCY;
  const options = { databaseUrl, slots, concurrency: slots + 1, drainMs: config.DRAIN_SECONDS * 1000 };
  const runner = new Runner(options, [tasks, sweep]);
  await Promise.all([context.get(Processing).warm(), notifications.start(), sweep.ensure()]);
  await runner.start();
  return {
    async stop() {
      await runner.stop();
      await notifications.stop();
      await context.close();
    },
  };
}
