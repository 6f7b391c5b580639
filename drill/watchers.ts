import { setTimeout as sleep } from 'node:timers/promises';
import { EventSource } from '../test/support/event-source.js';

/** What a task's event stream has told, over all connections that it took. */
export interface Told {
  task: string;
  /** Ids of its events, in their order. */
  ids: number[];
  /** States of the events that say that they are the last. */
  ends: string[];
}

/** Follows tasks as a browser does: it comes back with the id of the last event that it has seen, until there is no more. */
export class Watchers {
  readonly told: Told[] = [];
  private readonly following: Promise<void>[] = [];
  private stopped = false;
  private open: EventSource | undefined;

  constructor(private readonly origin: string) {}

  follow(task: string): void {
    const told: Told = { task, ids: [], ends: [] };
    this.told.push(told);
    this.following.push(this.read(told));
  }

  /** When all have come to their end, or after so long. */
  async finish(limitMs: number): Promise<void> {
    const all = Promise.all(this.following);
    await Promise.race([all, sleep(limitMs, undefined, { ref: false })]);
    this.stopped = true;
    this.open?.close();
  }

  private async read(told: Told): Promise<void> {
    while (!this.stopped) {
      const last = told.ids.at(-1);
      const fields: Record<string, string> = last === undefined ? {} : { 'Last-Event-ID': String(last) };
      const stream = await EventSource.open(`${this.origin}/images/tasks/${told.task}/events`, fields).catch(
        () => undefined,
      );
      if (stream?.status === 204) return;
      if (stream?.status === 200) {
        this.open = stream;
        await stream.closed;
        for (const { id, type, data } of stream.events) {
          told.ids.push(id);
          if (type === 'end') told.ends.push(String(data.state));
        }
        if (told.ends.length > 0) continue;
      }
      stream?.close();
      await sleep(100);
    }
  }
}
