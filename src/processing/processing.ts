import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type Assignment } from './assignment.js';
import { type JobEnd } from './child-handle.js';
import { ChildPool } from './child-pool.js';
import { type Failure } from './failure.js';
import { type Description } from './description.js';
import { defaultLimits, type Limits } from './limits.js';
import { type Inspected } from './messages.js';
import { type Processed } from './pipeline.js';
import { type Progress } from './progress.js';
import { scratchOf } from './through-file.js';

export interface ProcessingOptions {
  /** Children at most; by default as many as cores. */
  readonly size?: number;
  readonly limits?: Partial<Limits>;
}

export interface ProcessOptions extends Assignment {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
  /** Less time than `limits.timeoutMs` for this one, from when it begins to run. Milliseconds. */
  readonly timeoutMs?: number;
}

export type Inspection = Inspected | Failure;
export type ProcessingResult = Processed | Failure;

/**
 * Everything that touches pixels, behind one door. The native code runs in child processes: what it does to itself, a crash, a
 * leak or an endless loop, ends there. What is wrong with an image is a value; only what is wrong with us is thrown (a path that
 * cannot be read or written, a bug).
 */
export class Processing {
  readonly limits: Limits;
  readonly #pool: ChildPool;

  constructor({ size = availableParallelism(), limits = {} }: ProcessingOptions = {}) {
    this.limits = { ...defaultLimits, ...limits };
    this.#pool = new ChildPool({ size, limits: this.limits });
  }

  /** Reads the header of an image file; no pixel is decoded. A few milliseconds. */
  async inspect(path: string, signal?: AbortSignal): Promise<Inspection> {
    const { inspectTimeoutMs: timeoutMs } = this.limits;
    const look = () => this.#pool.run({ job: 'inspect', path, limits: this.limits }, { timeoutMs, signal });
    const first = await look();
    // A child may die of something else than this image: of an earlier one, or of the system's want of memory.
    const end = first.message === 'crashed' ? await look() : first;
    if (end.message === 'inspected') return end.result;
    return failureOf(end);
  }

  /**
   * What an image looks like, in 16 hexadecimal digits (perceptual-hash.ts): its pixels are decoded for it. null where that cannot
   * be done, or not in time: nothing is refused for the want of it.
   * @throws Error where the file cannot be read, or something broke on our side
   */
  async hash(path: string, signal?: AbortSignal): Promise<string | null> {
    const { hashTimeoutMs: timeoutMs } = this.limits;
    const end = await this.#pool.run({ job: 'hash', path, limits: this.limits }, { timeoutMs, signal });
    if (end.message === 'hashed') return end.hash;
    failureOf(end);
    return null;
  }

  /** What an image tells of itself, and what it looks like: null where that cannot be found out, or not in time. */
  async describe(path: string, signal?: AbortSignal): Promise<Description | null> {
    const { hashTimeoutMs: timeoutMs } = this.limits;
    const end = await this.#pool.run({ job: 'describe', path, limits: this.limits }, { timeoutMs, signal });
    if (end.message === 'described') return 'ok' in end.result ? null : end.result;
    failureOf(end);
    return null;
  }

  /** Input file → operations in order → output file. Unless it is ok nothing is left at `output`; the caller syncs the file. */
  async process(options: ProcessOptions): Promise<ProcessingResult> {
    const { onProgress, signal, timeoutMs = this.limits.timeoutMs, ...assignment } = options;
    const { output } = assignment;
    const end = await this.#pool.run(
      { job: 'process', ...assignment, limits: this.limits },
      { timeoutMs: Math.min(timeoutMs, this.limits.timeoutMs), onProgress, signal },
    );
    if (end.message === 'processed' && end.result.ok) return end.result;
    // What a child was making when it was killed.
    await Promise.all([output, scratchOf(output)].map((path) => rm(path, { force: true })));
    return end.message === 'processed' ? end.result : failureOf(end);
  }

  /** Forks all children now, so that the first jobs find them ready. */
  warm(): Promise<void> {
    return this.#pool.warm();
  }

  /** Process ids of the children that live. */
  get pids(): number[] {
    return this.#pool.pids;
  }

  /** Cancels what waits or runs; resolves when no child is left. */
  close(): Promise<void> {
    return this.#pool.close();
  }
}

function failureOf(end: JobEnd): Failure {
  switch (end.message) {
    case 'timeout':
    case 'too-large':
    case 'aborted':
    case 'crashed':
      return { ok: false, reason: end.message, detail: end.detail };
    case 'broke':
      throw new Error(`Image processing broke: ${end.error}`);
    case 'inspected':
    case 'hashed':
    case 'described':
    case 'processed':
      throw new Error(`A child answered another question: ${end.message}`);
    default:
      return end satisfies never;
  }
}
