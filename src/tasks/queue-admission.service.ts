import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { PendingTasksService } from '../limits/pending-tasks.service.js';
import { Problem } from '../problems.js';
import { EstimatesService } from './estimates.service.js';
import { type Task } from './task.js';

/** Lets tasks into the queue, as long as there is room. */
@Injectable()
export class QueueAdmissionService {
  constructor(
    private readonly pending: PendingTasksService,
    private readonly estimates: EstimatesService,
  ) {}

  /** @throws Problem 429, 503 */
  async within(owner: string, accept: () => Promise<Task | null>, tx?: EntityManager): Promise<Task | null> {
    const refusal = await this.enter(owner, tx);
    if (refusal !== undefined) throw refusal;
    let task: Task | null = null;
    try {
      return (task = await accept());
    } finally {
      this.settle(owner, task);
    }
  }

  /** @returns why it is not let in; undefined: it is, and is to be settled */
  async enter(owner: string, tx?: EntityManager): Promise<Problem | undefined> {
    const full = await this.pending.enter(owner, tx);
    if (full === undefined) return undefined;
    const seconds = await this.estimates.secondsToRoom(owner, tx);
    return new Problem(full === 'ofOwner' ? 'queue-full' : 'service-queue-full', {
      members: { retryAfter: seconds },
      headers: { 'Retry-After': String(seconds) },
    });
  }

  /** @param task what came of it: it may have been done before */
  settle(owner: string, task: Task | null | undefined): void {
    this.pending.settle(owner, task?.state === 'pending' ? 'pending' : 'nothing');
  }
}
