import { EventEmitter } from 'node:events';
import { Logger as NestLogger } from '@nestjs/common';
import { Logger, run, type Runner as GraphileRunner, type TaskList, type WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import { type JobHandler } from './job-handler.js';
import { JobsInHand } from './jobs-in-hand.js';
import { type JobName, jobNames } from './jobs.js';
import { Liveness } from './liveness.js';

export type Connections = pg.Pool & { close(): Promise<void> };

export interface RunnerOptions {
  databaseUrl: string;
  /** Connections to take jobs with, so many at most; aborted, they wait no longer for a database that is away. */
  connections: (max: number, stopping: AbortSignal) => Connections;
  /** Tasks at once: what others may count on. */
  slots: number;
  /** After so long without a sign of life a worker process hangs: its jobs are given to others. */
  hangSeconds: number;
  /** How long jobs in hand may take to finish once `stop` was called; their signal is aborted then, ms. */
  drainMs: number;
}

/** Jobs that share their places: those of one pool never wait for those of another. */
export interface Pool {
  /** Jobs at once. */
  concurrency: number;
  handlers: readonly JobHandler<JobName>[];
}

interface RunningPool {
  id: string;
  connections: Connections;
  runner: GraphileRunner;
}

/** Takes jobs from the queue and runs their handlers, in this process. */
export class Runner {
  private readonly logger = new NestLogger('queue');
  private running: RunningPool[] = [];
  private readonly inHand = new JobsInHand();
  private liveness: Liveness | undefined;
  private readonly stopping = new AbortController();

  constructor(
    private readonly options: RunnerOptions,
    private readonly pools: readonly [Pool, ...Pool[]],
  ) {}

  /** @throws Error unless every job has exactly one handler. */
  async start(): Promise<void> {
    assertEachHandled(this.pools.flatMap(({ handlers }) => handlers));
    const [first, ...others] = this.pools;
    const pools = await Promise.all([this.open(first), ...others.map((pool) => this.open(pool))] as const);
    this.running = [...pools];
    const [{ id }, ...more] = pools;
    const { databaseUrl, slots, hangSeconds } = this.options;
    const worker = { ids: [id, ...more.map((pool) => pool.id)], slots, hangSeconds } as const;
    this.liveness = new Liveness(databaseUrl, worker, this.inHand);
    await this.liveness.start();
    // It resolves whatever ended the pool: a newer version's migration, or the loss of the database for good.
    for (const { runner } of pools) void runner.promise.catch(() => undefined).then(() => this.onEnd());
  }

  private async open({ concurrency, handlers }: Pool): Promise<RunningPool> {
    const events: WorkerEvents = new EventEmitter();
    this.inHand.watch(events);
    const id = new Promise<string>((resolve) => events.once('pool:create', ({ workerPool }) => resolve(workerPool.id)));
    const connections = this.options.connections(concurrency + 3, this.stopping.signal);
    const runner = await run({
      pgPool: connections,
      taskList: taskListOf(handlers),
      concurrency,
      pollInterval: 1_000,
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: this.options.drainMs,
      events,
      logger: this.graphileLogger(),
    });
    return { id: await id, runner, connections };
  }

  /** A queue that ended by itself ends the process: the supervisor starts another. */
  private onEnd(): void {
    if (this.stopping.signal.aborted) return;
    this.logger.error('the queue stopped by itself; this worker ends');
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  }

  /** Takes no more jobs; those in hand finish, or give their work back when the time is over. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const stopped = this.running.map(({ runner }) => runner.stop());
    for (const result of await Promise.allSettled(stopped)) {
      if (result.status === 'rejected') this.logger.warn(`stopping: ${String(result.reason)}`);
    }
    await Promise.all(this.running.map(({ connections }) => connections.close()));
    await this.liveness?.stop();
  }

  private graphileLogger(): Logger {
    return new Logger(() => (level, message) => {
      if (level === 'error') this.logger.error(message);
      if (level === 'warning') this.logger.warn(message);
    });
  }
}

function assertEachHandled(handlers: readonly JobHandler<JobName>[]): void {
  for (const name of jobNames) {
    const count = handlers.filter(({ job }) => job === name).length;
    if (count !== 1) throw new Error(`job ${name} has ${count} handlers`);
  }
}

function taskListOf(handlers: readonly JobHandler<JobName>[]): TaskList {
  const list: TaskList = {};
  for (const handler of handlers) {
    list[handler.job] = async (payload, { abortSignal, job }) =>
      handler.run(payload, { id: job.id, signal: abortSignal, lastTry: job.attempts >= job.max_attempts });
  }
  return list;
}
