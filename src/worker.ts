import { NestFactory } from '@nestjs/core';
import { DeliverAlertJob } from './alerts/deliver-alert.job.js';
import { type Config } from './config.js';
import { Pulse } from './database/pulse.js';
import { QueuePool } from './database/queue-pool.js';
import { SweepJob } from './garbage/sweep.job.js';
import { HashImageJob } from './images/hash-image.job.js';
import { Processing } from './processing/processing.js';
import { Runner } from './queue/runner.js';
import { ProcessTaskJob } from './tasks/process-task.job.js';
import { WorkerModule } from './worker.module.js';

/** Callbacks that a worker process sends at once. */
const deliveriesAtOnce = 16;

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
  const [tasks, alerts, sweep] = [context.get(ProcessTaskJob), context.get(DeliverAlertJob), context.get(SweepJob)];
  const slots = config.WORKER_CONCURRENCY;
  const pulse = context.get(Pulse);
  const connections = (max: number, stopping: AbortSignal): QueuePool =>
    new QueuePool({ databaseUrl, max, pulse, stopping });
  const times = { drainMs: config.DRAIN_SECONDS * 1000, hangSeconds: config.HANG_SECONDS };
  const runner = new Runner({ databaseUrl, connections, slots, ...times }, [
    // One job more than there are children for pixels: it is taken, or stored, while they are all at work; and the sweep
    // never has a child wait.
    { concurrency: slots + 1, handlers: [tasks, sweep, context.get(HashImageJob)] },
    // Deliveries wait for strangers: pixels are not to wait for them.
    { concurrency: deliveriesAtOnce, handlers: [alerts] },
  ]);
  await Promise.all([context.get(Processing).warm(), sweep.ensure()]);
  await runner.start();
  return {
    async stop() {
      await runner.stop();
      await context.close();
    },
  };
}
