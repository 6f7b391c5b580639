import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { fingerprintOf } from '../fingerprint.js';
import { GroupCommit } from '../database/group-commit.js';
import { ImagesService, type Upload } from '../images/images.service.js';
import { type Keyset, type Page, pageOf } from '../page.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { EstimatesService } from './estimates.service.js';
import { type NewTask, type Task } from './task.js';
import { TaskEndingService } from './task-ending.service.js';
import { type TaskFilter, TasksRepository } from './tasks.repository.js';

/** Tasks are minted below it. */
export const tasksPath = '/images/tasks';

/** What a caller asks for: an image that is stored, or one that came along. */
export type TaskOrder = Omit<NewTask, 'source'> & { source: { imageId: string } | Upload };

type Identified = NewTask & { id: string };

/** What makes two orders the same: bytes count by their digest, however they came, and in whichever language. */
export function contentOf({ operations, taskTtl, resultTtl, callback, source }: TaskOrder): object {
  const told = callback && { url: callback.url, secret: callback.secret, format: callback.format };
  return {
    ...{ operations, taskTtl, resultTtl, image: 'imageId' in source ? source.imageId : source.digest },
    // Not where there is none: what was asked before there were callbacks is still the same.
    ...(told && { callback: told }),
  };
}

/** What a PUT came to. */
export type TaskFilling =
  { outcome: 'accepted' | 'same' | 'other-content'; task: Task } | { outcome: 'no-image' | 'nothing' };

/** What callers do with tasks. What workers do with them: task-work.service.ts. */
@Injectable()
export class TasksService {
  private readonly acceptances: GroupCommit<Identified, Task | null>;

  constructor(
    private readonly tasks: TasksRepository,
    private readonly images: ImagesService,
    private readonly reservations: ReservationsService,
    private readonly estimates: EstimatesService,
    private readonly ending: TaskEndingService,
  ) {
    this.acceptances = new GroupCommit((items) => this.acceptAll(items));
  }

  /**
   * Resolves once the task and its job are committed: any process may answer for it then. null: no such image.
   * @param tx a transaction to be part of; without one, concurrent acceptances share a commit
   */
  async accept(order: TaskOrder, tx?: EntityManager): Promise<Task | null> {
    if (tx !== undefined) return this.acceptIn(tx, order, randomUUIDv7());
    if ('imageId' in order.source) {
      return this.acceptances.add({ ...order, id: randomUUIDv7(), source: order.source });
    }
    return this.tasks.transaction((inner) => this.acceptIn(inner, order, randomUUIDv7()));
  }

  private async acceptIn(tx: EntityManager, order: TaskOrder, id: string): Promise<Task | null> {
    const source = 'imageId' in order.source ? order.source : await this.sourceOf(tx, order.owner, order.source);
    const [accepted = null] = await this.acceptAll([{ ...order, id, source }], tx);
    return accepted;
  }

  private async acceptAll(orders: Identified[], tx?: EntityManager): Promise<(Task | null)[]> {
    return this.tasks.accept(await this.estimates.expect(orders, tx), tx);
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
      const accepted = await this.acceptIn(tx, order, id);
      if (!accepted) return { outcome: 'no-image' };
      await this.reservations.fill(tx, id, fingerprint);
      return { outcome: 'accepted', task: accepted };
    });
  }

  /**
   * Makes an image of bytes that came with a task. Bytes that are no image are kept all the same: the task is accepted,
   * and fails with the reason.
   */
  private async sourceOf(tx: EntityManager, owner: string, upload: Upload): Promise<NewTask['source']> {
    const { inspection, ...incoming } = upload;
    if (!inspection.ok) {
      await this.images.keep(tx, incoming);
      return { digest: incoming.digest };
    }
    const { image } = await this.images.create(owner, { ...incoming, header: inspection.header }, {}, tx);
    if (image === null) throw new Error('an image without a name was refused for its name');
    return { imageId: image.id, digest: image.digest };
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
  async retry(tx: EntityManager, owner: string, id: string): Promise<boolean> {
    const task = await this.tasks.find(owner, id, tx);
    if (task === null) return false;
    return this.tasks.retry(tx, owner, id, await this.estimates.expectAgain(task, tx));
  }
}
