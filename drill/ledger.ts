import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { type Wish } from './wishes.js';

/** One request of the load client, and what came of it. */
export interface Entry {
  /** ms since 1970, when the request was sent. */
  time: number;
  /** What was asked for; the same at each repetition. Absent for a request that asks for no task. */
  key?: string;
  method: string;
  path: string;
  /** SHA-256 of the body. */
  hash?: string;
  /** Absent where there was no answer: `error` says why. */
  status?: number;
  error?: string;
  /** The problem's slug. */
  problem?: string;
  retryAfter?: string;
  /** Id of the task that the answer is about. */
  task?: string;
  /** The answer breaks its contract row. */
  undeclared?: string;
  /** Until the answer, or the error. */
  ms: number;
}

/** What the load client has asked and been told, in the order in which it was told: nothing is ever taken back. */
export class Ledger {
  readonly entries: Entry[] = [];
  readonly wishes = new Map<string, Wish>();
  private readonly file: WriteStream;
  private readonly waiting: (() => void)[] = [];

  constructor(path: string) {
    this.file = createWriteStream(path, { flags: 'a' });
  }

  wish(wish: Wish): void {
    this.wishes.set(wish.key, wish);
  }

  write(entry: Entry): void {
    this.entries.push(entry);
    if (this.file.writable) this.file.write(`${JSON.stringify(entry)}\n`);
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** Keys whose task was accepted, with the task's id. */
  accepted(): Map<string, string> {
    const accepted = new Map<string, string>();
    for (const { key, task } of this.entries) if (key !== undefined && task !== undefined) accepted.set(key, task);
    return accepted;
  }

  /** Waits until so many tasks have been accepted. */
  async untilAccepted(count: number): Promise<void> {
    while (this.accepted().size < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  async close(): Promise<void> {
    this.file.end();
    await once(this.file, 'close');
  }
}
