import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Logger } from '@nestjs/common';

const restartAfterMs = 1_000;

/** Keeps one worker process running beside the API: what native code does to it never reaches the API. */
export class Supervisor {
  private readonly logger = new Logger('supervisor');
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;

  /**
   * @param script the program that is run with ROLE=worker
   * @param environment what of it is not this process's own
   * @param stopMs how long the worker has to end by itself once it was told to, ms
   */
  constructor(
    private readonly script: string,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly stopMs: number,
  ) {}

  start(): void {
    const env = { ...process.env, ...this.environment, ROLE: 'worker' };
    this.child = fork(this.script, { env, execArgv: ['--enable-source-maps'] })
      .once('exit', (code, signal) => this.onEnd(signal ?? `exit code ${code}`))
      // It could not be started, for lack of memory or processes.
      .once('error', (error) => this.onEnd(error.message));
  }

  private onEnd(reason: string): void {
    if (this.child === undefined) return;
    this.child = undefined;
    if (this.stopping) return;
    this.logger.warn(`the worker ended (${reason}); starting another`);
    this.timer = setTimeout(() => this.start(), restartAfterMs);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const { child } = this;
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), this.stopMs);
    await exited;
    clearTimeout(killer);
  }
}
