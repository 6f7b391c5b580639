import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { isSign, type Sign } from './supervised.js';

/** Until a process that ended is started again; twice as long each time, until one has run for a while, ms. */
const backoffMs = { first: 100, longest: 10_000 };
const steadyMs = 60_000;

/** A start may take so much longer than a sign of life: on a machine with much to do it is all work, and no turn of the event loop. */
const startSecondsMax = 300;

export interface Charge {
  role: 'api' | 'worker';
  /** Whether there is no point in going on where it does not start; else it is tried again. */
  needed: boolean;
  /** The program, which is run with ROLE=role. */
  script: string;
  environment: NodeJS.ProcessEnv;
  /** How long it has to end by itself once it was told to, ms. */
  stopMs: number;
  /** After so long without a sign of life it is killed. */
  hangSeconds: number;
}

/** It ended before it was ready for the first time. */
export class NotStarted extends Error {
  constructor(role: string, reason: string) {
    super(`The ${role} did not start (${reason}). What it said itself stands above.`);
    this.name = 'NotStarted';
  }
}

/** Keeps one child process running: what ends it, or has it hang, ends neither us nor its sibling. */
export class Supervisor {
  /** Rejects with NotStarted where it is needed, and ended before it was ready for the first time. */
  readonly ready: Promise<void>;
  private readonly first = Promise.withResolvers<void>();
  private child: ChildProcess | undefined;
  private restart: NodeJS.Timeout | undefined;
  private readonly seconds: NodeJS.Timeout;
  private stopping = false;
  private backoffMs = backoffMs.first;
  private startedAt = 0;
  /** As our own timer has counted them: while the machine sleeps, or we are held up ourselves, nobody is silent. */
  private silentSeconds = 0;
  private wasReady = false;
  private port: number | undefined;

  constructor(
    private readonly charge: Charge,
    private readonly log: (message: string) => void,
  ) {
    this.ready = this.first.promise;
    // Whoever asks is told; nobody has to.
    this.ready.catch(() => undefined);
    this.seconds = setInterval(() => this.watch(), 1_000);
    this.start();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restart);
    clearInterval(this.seconds);
    const { child } = this;
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const killer = setTimeout(() => {
      this.log(`the ${this.charge.role} did not end in time and is killed`);
      child.kill('SIGKILL');
    }, this.charge.stopMs);
    await exited;
    clearTimeout(killer);
  }

  private start(): void {
    const { script, role, environment } = this.charge;
    const port = this.port === undefined ? {} : { PORT: String(this.port) };
    this.startedAt = performance.now();
    this.silentSeconds = -startSecondsMax;
    // Two processes cannot share the port of an inspector.
    const execArgv = process.execArgv.filter((argument) => !argument.startsWith('--inspect'));
    this.child = fork(script, { env: { ...environment, ...port, ROLE: role }, execArgv })
      .on('message', (message) => isSign(message) && this.onSign(message))
      .once('exit', (code, signal) => this.onEnd(signal ?? `exit code ${code}`))
      // It could not be started, for lack of memory or processes.
      .once('error', (error) => this.onEnd(error.message));
  }

  private onSign(message: Sign): void {
    this.silentSeconds = 0;
    if (message.sign !== 'ready') return;
    this.wasReady = true;
    this.port ??= message.port;
    this.first.resolve();
  }

  private watch(): void {
    if (this.child === undefined) return;
    this.silentSeconds += 1;
    if (this.silentSeconds !== this.charge.hangSeconds) return;
    this.log(`the ${this.charge.role} has given no sign of life for ${this.silentSeconds} s and is killed`);
    this.child.kill('SIGKILL');
  }

  private onEnd(reason: string): void {
    if (this.child === undefined) return;
    this.child = undefined;
    if (this.charge.needed && !this.wasReady) return this.first.reject(new NotStarted(this.charge.role, reason));
    if (this.stopping) return;
    if (performance.now() - this.startedAt > steadyMs) this.backoffMs = backoffMs.first;
    this.log(`the ${this.charge.role} ended (${reason}); another is started in ${this.backoffMs / 1000} s`);
    this.restart = setTimeout(() => this.start(), this.backoffMs);
    this.backoffMs = Math.min(2 * this.backoffMs, backoffMs.longest);
  }
}
