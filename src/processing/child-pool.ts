import { cancelled, ChildHandle, type JobEnd } from './child-handle.js';
import { type Limits } from './limits.js';
import { type Job } from './messages.js';
import { type Progress } from './progress.js';

export interface ChildPoolOptions {
  /** Children at most: as many as jobs may run at once, which is as many as there are cores. */
  readonly size: number;
  readonly limits: Limits;
}

export interface RunOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

interface Ticket {
  readonly job: Job;
  readonly options: RunOptions;
  readonly end: (end: JobEnd) => void;
  /** Absent while it waits. */
  child?: ChildHandle | undefined;
}

const entry = new URL('./child.js', import.meta.url);

/** Child processes that are forked when needed, kept warm, and replaced when they die or have done enough. */
export class ChildPool {
  readonly #size: number;
  readonly #limits: Limits;
  readonly #children = new Set<ChildHandle>();
  readonly #idle: ChildHandle[] = [];
  readonly #queue: Ticket[] = [];
  #closed = false;

  constructor({ size, limits }: ChildPoolOptions) {
    this.#size = size;
    this.#limits = limits;
  }

  /** First come, first served. Resolves however the job ends; a child that dies takes its own job with it and no other. */
  async run(job: Job, options: RunOptions): Promise<JobEnd> {
    const { signal } = options;
    if (this.#closed || signal?.aborted) return cancelled;
    const { promise, resolve } = Promise.withResolvers<JobEnd>();
    const ticket: Ticket = { job, options, end: resolve };
    const onAbort = () => this.#cancel(ticket);
    signal?.addEventListener('abort', onAbort);
    try {
      this.#queue.push(ticket);
      this.#dispatch();
      return await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Forks all children and resolves when they have loaded their libraries. */
  async warm(): Promise<void> {
    while (!this.#closed && this.#children.size < this.#size) this.#idle.push(this.#fork());
    await Promise.all([...this.#children].map((child) => child.ready));
  }

  /** Process ids of the children that live, for whoever watches their memory. */
  get pids(): number[] {
    return [...this.#children].flatMap(({ pid }) => pid ?? []);
  }

  /** Cancels everything, waiting or running; resolves when the last child is dead. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const ticket of this.#queue.splice(0)) ticket.end(cancelled);
    const children = [...this.#children];
    for (const child of children) child.abort();
    await Promise.all(children.map((child) => child.exited));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const child = this.#idle.pop() ?? (this.#children.size < this.#size ? this.#fork() : undefined);
      const ticket = child && this.#queue.shift();
      if (!ticket) return;
      void this.#work(child, ticket);
    }
  }

  async #work(child: ChildHandle, ticket: Ticket): Promise<void> {
    ticket.child = child;
    const end = await child.run(ticket.job, ticket.options.timeoutMs, ticket.options.onProgress);
    ticket.child = undefined; // it may have another job before this one's signal is heard no more
    ticket.end(end);
    // What was freed does not always go back to the system: a large job would find too little room.
    const grown = child.bytes > this.#limits.memoryMax / 2;
    if (child.jobs >= this.#limits.jobsPerChild || grown) child.abort();
    else if (child.isAlive) this.#idle.push(child);
    this.#dispatch();
  }

  #fork(): ChildHandle {
    const child = new ChildHandle(entry);
    this.#children.add(child);
    void child.exited.then(() => {
      this.#children.delete(child);
      const place = this.#idle.indexOf(child);
      if (place >= 0) this.#idle.splice(place, 1);
      if (!this.#closed) this.#dispatch();
    });
    return child;
  }

  #cancel(ticket: Ticket): void {
    if (ticket.child) return ticket.child.abort();
    const place = this.#queue.indexOf(ticket);
    if (place >= 0) this.#queue.splice(place, 1);
    ticket.end(cancelled);
  }
}
