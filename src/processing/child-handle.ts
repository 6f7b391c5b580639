import { fork, type ChildProcess } from 'node:child_process';
import { mebibytes } from './failure.js';
import { type Limits } from './limits.js';
import { MemoryWatch } from './memory-watch.js';
import { isFromChild, type FromChild, type Job, type Outcome } from './messages.js';
import { type Progress } from './progress.js';
import { residentBytes } from './resident-memory.js';

/** How a job ended: with the child's own word, or without. */
export type JobEnd = Outcome | Killed | { readonly message: 'crashed'; readonly detail: string };

interface Killed {
  readonly message: 'timeout' | 'too-large' | 'aborted';
  readonly detail: string;
}

export const cancelled: Killed = { message: 'aborted', detail: 'It was cancelled.' };

/** Pages of 64 KiB, 640 MiB in all: what decoders in WebAssembly may have beside the pixels that they give, so that a child stays below 1 GiB. */
const wasmMemory = '--wasm-max-mem-pages=10240';

/** A child that has not loaded its libraries after so long never will, ms. On a busy machine it takes seconds. */
const startMs = 30_000;

/** One child process as its parent sees it. It does one job at a time and is dead for good once it has exited. */
export class ChildHandle {
  jobs = 0;
  readonly ready: Promise<void>;
  readonly exited: Promise<void>;
  readonly #process: ChildProcess;
  #finish: ((end: JobEnd) => void) | undefined;
  #onProgress: ((progress: Progress) => void) | undefined;
  /** The latest that its job has told. */
  #progress: Progress | undefined;
  #killedFor: Killed | undefined;

  constructor(entry: URL) {
    this.#process = fork(entry, [], {
      env: childEnvironment(),
      execArgv: [wasmMemory], // none of the parent's: an inspector's port, Jest's module hooks
      // The libraries' last words before an abort are worth a line in the log; there is no other output.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ready = Promise.withResolvers<void>();
    const exited = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.exited = exited.promise;
    const die = (lastWords: string) => {
      this.#end(this.#killedFor ?? { message: 'crashed', detail: lastWords });
      ready.resolve();
      exited.resolve();
    };
    this.#process.once('exit', (code, signal) => {
      die(`The image process died (${signal === null ? `exit code ${code}` : `signal ${signal}`}).`);
    });
    this.#process.on('error', (error) => {
      // Where it could not be forked at all there is no exit. Other errors (of a kill, of a send) come before one.
      if (this.#process.pid === undefined) die(`The image process could not be started: ${error.message}`);
    });
    this.#process.on('message', (message) => {
      if (!isFromChild(message)) return;
      if (message.message === 'ready') ready.resolve();
      else this.#hear(message);
    });
  }

  /** Can it take another job? */
  get isAlive(): boolean {
    return this.#killedFor === undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** What it holds in memory just now; 0 where the system does not tell. */
  get bytes(): number {
    return residentBytes(this.pid);
  }

  /** Resolves however the job ends. At the limit, a wall clock in milliseconds, the child is killed: the libraries' own are soft. So it is at that of memory, which they do not have. */
  async run(job: Job, timeoutMs: number, onProgress?: (progress: Progress) => void): Promise<JobEnd> {
    const stopClock = this.#startClock(timeoutMs);
    const memory = this.#watchMemory(job.limits);
    this.jobs += 1;
    this.#onProgress = onProgress;
    this.#progress = undefined;
    try {
      return await new Promise<JobEnd>((resolve) => {
        this.#finish = resolve;
        // An error means that the child is gone, which `exit` tells.
        this.#process.send(job, () => undefined);
      });
    } finally {
      stopClock();
      memory?.stop();
      this.#onProgress = undefined;
    }
  }

  /** The running job ends as aborted as soon as the child is really dead: only then its files are nobody's. */
  abort(): void {
    this.#kill(cancelled);
  }

  /** The start of a child is not its job's time: the caller would be told that its image takes too long. */
  #startClock(timeoutMs: number): () => void {
    const stop = (): void => {
      const where = this.#progress ? ` in ${this.#progress.operation}` : '';
      this.#kill({ message: 'timeout', detail: `It took longer than ${timeoutMs / 1000} s and was stopped${where}.` });
    };
    let clock: NodeJS.Timeout | undefined = setTimeout(stop, startMs + timeoutMs);
    void this.ready.then(() => {
      if (clock === undefined) return;
      clearTimeout(clock);
      clock = setTimeout(stop, timeoutMs);
    });
    return () => {
      clearTimeout(clock);
      clock = undefined;
    };
  }

  #watchMemory({ memoryMax }: Limits): MemoryWatch | undefined {
    if (this.pid === undefined) return undefined;
    return new MemoryWatch(this.pid, memoryMax, () => {
      const detail = `It took more than ${mebibytes(memoryMax)} of memory, the limit, and was stopped. A smaller image takes less.`;
      this.#kill({ message: 'too-large', detail });
    });
  }

  #kill(end: Killed): void {
    this.#killedFor ??= end;
    this.#process.kill('SIGKILL'); // also ends a stopped process, and one that is deep in native code
  }

  #hear(message: Exclude<FromChild, { message: 'ready' }>): void {
    if (message.message !== 'progress') return this.#end(message);
    this.#progress = message.progress;
    this.#onProgress?.(message.progress);
  }

  #end(end: JobEnd): void {
    this.#finish?.(end);
    this.#finish = undefined;
  }
}

/** Nothing of the parent's environment, which holds DATABASE_URL and keys, but the place for temporary files. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { TMPDIR } = process.env;
  return {
    MALLOC_ARENA_MAX: '2', // glibc keeps an arena a thread otherwise, and its memory with it
    VIPS_BLOCK_UNTRUSTED: '1', // loaders that libvips itself calls unsafe
    ...(TMPDIR !== undefined && { TMPDIR }),
  };
}
