import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { fingerprintOf } from '../fingerprint.js';
import { type Keyset, type Page, pageOf } from '../page.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { type Task } from './task.js';
import { TaskAcceptanceService } from './task-acceptance.service.js';
import { TaskEndingService } from './task-ending.service.js';
import { contentOf, type TaskOrder } from './task-order.js';
import { type TaskFilter, TasksRepository } from './tasks.repository.js';

/** Tasks are minted below it. */
export const tasksPath = '/images/tasks';

/** What a PUT came to. */
export type TaskFilling =
  { outcome: 'accepted' | 'same' | 'other-content'; task: Task } | { outcome: 'no-image' | 'nothing' };

/** What callers do with tasks. What workers do with them: task-work.service.ts. */
@Injectable()
export class TasksService {
  constructor(
    private readonly tasks: TasksRepository,
    private readonly reservations: ReservationsService,
    private readonly ending: TaskEndingService,
    private readonly acceptance: TaskAcceptanceService,
  ) {}

  /** As TaskAcceptanceService has it. */
  accept(order: TaskOrder, tx?: EntityManager): Promise<Task | null> {
    return this.acceptance.accept(order, tx);
  }

  /**
   * Fills a minted URI with a task. The first PUT takes effect, once; a repetition has none.
   * @param check refuses by throwing: it is told the present task, null for a slot that is still empty
   */
  put(id: string, order: TaskOrder, check: (present: Task | null) => void): Promise<TaskFilling> {
    const { owner } = order;
    const fingerprint = fingerprintOf(contentOf(order));
    return this.tasks.transaction(async (tx) => {
      const slot = await this.reservations.take(tx, owner, tasksPath, id, fingerprint);
      const present = await this.tasks.find(owner, id, tx);
      if (present) {
        check(present);
        return { outcome: slot.state === 'filled' && slot.same ? 'same' : 'other-content', task: present };
      }
      if (slot.state !== 'empty') return { outcome: 'nothing' };
      check(null);
      const accepted = await this.acceptance.acceptAs(tx, id, order);
      if (!accepted) return { outcome: 'no-image' };
      await this.reservations.fill(tx, id, fingerprint);
      return { outcome: 'accepted', task: accepted };
    });
  }

  find(owner: string, id: string, tx?: EntityManager): Promise<Task | null> {
    return this.tasks.find(owner, id, tx);
  }

  async list(filter: TaskFilter, keyset: Keyset): Promise<Page<Task>> {
    return pageOf(await this.tasks.list(filter, keyset), keyset);
  }

  /**
   * Deletes a task unless `check` refuses by throwing; one that is pending is cancelled first, and its callback told.
   * false where there is none.
   */
  delete(owner: string, id: string, check: (task: Task) => void): Promise<boolean> {
    return this.tasks.transaction(async (tx) => {
      const task = await this.tasks.lock(tx, owner, id);
      if (task === null) return false;
      check(task);
      if (task.state === 'pending') await this.stop(tx, id);
      await this.tasks.delete(tx, task);
      return true;
    });
  }

  /**
   * pending → cancelled: at once while it waits; where it runs, the worker is told, and its outcome is discarded.
   * null where it is not pending.
   */
  async cancel(tx: EntityManager, owner: string, id: string): Promise<'cancelled' | 'cancelling' | null> {
    const task = await this.tasks.lock(tx, owner, id);
    if (task?.state !== 'pending') return null;
    await this.stop(tx, id);
    return task.startedAt === null ? 'cancelled' : 'cancelling';
  }

  /** Its row is locked. Whoever works on it is told, and cannot finish it. */
  private async stop(tx: EntityManager, id: string): Promise<void> {
    await this.ending.end(tx, { id }, { state: 'cancelled' });
    await this.tasks.interrupt(tx, id);
  }

  /** failed or cancelled → pending. false in any other state. */
  retry(tx: EntityManager, owner: string, id: string): Promise<boolean> {
    return this.acceptance.retry(tx, owner, id);
  }
}
