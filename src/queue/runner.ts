import { EventEmitter } from 'node:events';
import { Logger as NestLogger } from '@nestjs/common';
import { Logger, run, type Runner as GraphileRunner, type TaskList, type WorkerEvents } from 'graphile-worker';
import { type JobHandler } from './job-handler.js';
import { type JobName, jobNames } from './jobs.js';
import { Liveness } from './liveness.js';

export interface RunnerOptions {
  databaseUrl: string;
  /** Jobs at once. */
  concurrency: number;
  /** Tasks at once: what others may count on. */
  slots: number;
  /** How long jobs in hand may take to finish once `stop` was called; their signal is aborted then, ms. */
  drainMs: number;
}

/** @throws Error unless every job has exactly one handler. */
export function assertEachHandled(handlers: readonly JobHandler<JobName>[]): void {
  for (const name of jobNames) {
    const count = handlers.filter(({ job }) => job === name).length;
    if (count !== 1) throw new Error(`job ${name} has ${count} handlers`);
  }
}

/** Takes jobs from the queue and runs their handlers, in this process. */
export class Runner {
  private readonly logger = new NestLogger('queue');
  private runner: GraphileRunner | undefined;
  private liveness: Liveness | undefined;
  private stopping = false;

  constructor(
    private readonly options: RunnerOptions,
    private readonly handlers: readonly JobHandler<JobName>[],
  ) {}

  async start(): Promise<void> {
    const events: WorkerEvents = new EventEmitter();
    const poolId = new Promise<string>((resolve) =>
      events.once('pool:create', ({ workerPool }) => resolve(workerPool.id)),
    );
    this.runner = await run({
      connectionString: this.options.databaseUrl,
      taskList: this.taskList(),
      concurrency: this.options.concurrency,
      maxPoolSize: this.options.concurrency + 3,
      pollInterval: 1_000,
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: this.options.drainMs,
      events,
      logger: this.graphileLogger(),
    });
    this.liveness = new Liveness(this.options.databaseUrl, { id: await poolId, slots: this.options.slots });
    await this.liveness.start();
    // It resolves whatever ended the pool: a newer version's migration, or the loss of the database for good.
    void this.runner.promise.catch(() => undefined).then(() => this.onEnd());
  }

  /** A queue that ended by itself ends the process: the supervisor starts another. */
  private onEnd(): void {
    if (this.stopping) return;
    this.logger.error('the queue stopped by itself; this worker ends');
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  }

  /** Takes no more jobs; those in hand finish, or give their work back when the time is over. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.runner?.stop().catch((error: unknown) => this.logger.warn(`stopping: ${String(error)}`));
    await this.liveness?.stop();
  }

  private taskList(): TaskList {
    const list: TaskList = {};
    for (const handler of this.handlers) {
      list[handler.job] = async (payload, { abortSignal, job }) =>
        handler.run(payload, { signal: abortSignal, lastTry: job.attempts >= job.max_attempts });
    }
    return list;
  }

  private graphileLogger(): Logger {
    return new Logger(() => (level, message) => {
      if (level === 'error') this.logger.error(message);
      if (level === 'warning') this.logger.warn(message);
    });
  }
}
