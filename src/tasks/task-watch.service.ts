import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Notifications } from '../database/notifications.js';
import { changes, type Task } from './task.js';
import { TasksRepository } from './tasks.repository.js';
import { messageOf } from '../system-error.js';

/** Told what a task has become; null: it is gone. */
type Watcher = (task: Task | null) => void;

interface Watched {
  watchers: Set<Watcher>;
  /** As it was when somebody last looked; undefined: nobody has yet. */
  latest?: Task | null;
}

/** While notifications cannot be heard, and after a look that failed, ms. */
const lookEveryMs = 1_000;

/**
 * Tells everybody in this process who waits for tasks what becomes of them, whichever process it happens in. However
 * many wait, what was notified is looked up once, all tasks together.
 */
@Injectable()
export class TaskWatchService implements OnModuleInit {
  private readonly logger = new Logger('waiting');
  private readonly watched = new Map<string, Watched>();
  private readonly changed = new Set<string>();
  private readonly waits = new Set<() => void>();
  private isLooking = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tasks: TasksRepository,
    private readonly notifications: Notifications,
  ) {}

  onModuleInit(): void {
    this.notifications.listen(changes, {
      onNotification: (id) => this.note(id),
      onReconnect: () => this.noteAll(),
    });
  }

  /**
   * The watcher is told of the task as it is now, and then of every change; of several in short order, maybe the last alone.
   * @returns what ends that
   */
  watch(id: string, watcher: Watcher): () => void {
    const known = this.watched.get(id);
    const watched = known ?? { watchers: new Set() };
    watched.watchers.add(watcher);
    if (known === undefined) {
      this.watched.set(id, watched);
      this.note(id);
    } else if (known.latest !== undefined) watcher(known.latest);
    this.timer ??= setInterval(() => this.lookWhereDeaf(), lookEveryMs);
    return () => this.forget(id, watcher);
  }

  /**
   * Waits until a task is not pending any more.
   * @returns the task as it is then, or was when the time was over; null: it is gone; undefined: nothing is known
   */
  ended(id: string, seconds: number, signal: AbortSignal): Promise<Task | null | undefined> {
    const { promise, resolve } = Promise.withResolvers<Task | null | undefined>();
    let latest: Task | null | undefined;
    const end = (): void => resolve(latest);
    const stop = this.watch(id, (task) => {
      latest = task;
      if (task?.state !== 'pending') end();
    });
    const timer = setTimeout(end, seconds * 1000);
    this.waits.add(end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    return promise.finally(() => {
      stop();
      clearTimeout(timer);
      this.waits.delete(end);
      signal.removeEventListener('abort', end);
    });
  }

  /** How many tasks are watched. */
  get watching(): number {
    return this.watched.size;
  }

  /** How many wait for an end. */
  get waiting(): number {
    return this.waits.size;
  }

  /** Ends all waits as though their time were over: the process shuts down. */
  release(): void {
    for (const end of this.waits) end();
  }

  private note(id: string): void {
    if (!this.watched.has(id)) return;
    this.changed.add(id);
    if (!this.isLooking) void this.look();
  }

  private noteAll(): void {
    for (const id of this.watched.keys()) this.note(id);
  }

  private lookWhereDeaf(): void {
    if (!this.notifications.isConnected) this.noteAll();
  }

  /** One query at a time: what is notified meanwhile shares the next. */
  private async look(): Promise<void> {
    this.isLooking = true;
    // Those who begin to watch in the same turn go together.
    await Promise.resolve();
    while (this.changed.size > 0) {
      const ids = [...this.changed].filter((id) => this.watched.has(id));
      this.changed.clear();
      const found = await this.find(ids);
      if (found) for (const id of ids) this.tell(id, found.get(id) ?? null);
      else {
        for (const id of ids) this.changed.add(id);
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      }
    }
    this.isLooking = false;
  }

  /** undefined where the database does not answer: look again later. */
  private async find(ids: string[]): Promise<Map<string, Task> | undefined> {
    try {
      return new Map((await this.tasks.findMany(ids)).map((task) => [task.id, task]));
    } catch (error) {
      this.logger.warn(`cannot look for ${ids.length} task(s): ${messageOf(error)}`);
      return undefined;
    }
  }

  private tell(id: string, task: Task | null): void {
    const watched = this.watched.get(id);
    if (watched === undefined) return;
    watched.latest = task;
    for (const watcher of watched.watchers) watcher(task);
  }

  private forget(id: string, watcher: Watcher): void {
    const watched = this.watched.get(id);
    watched?.watchers.delete(watcher);
    if (watched?.watchers.size !== 0) return;
    this.watched.delete(id);
    if (this.watched.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
