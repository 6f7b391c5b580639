import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AlertsService } from '../alerts/alerts.service.js';
import { Config } from '../config.js';
import { Metrics } from '../metrics/metrics.js';
import { type Task, type TaskEnd } from './task.js';
import { alertOf } from './task.message.js';
import { type EndingTask, TasksRepository } from './tasks.repository.js';

/** The one way a task ends, whoever ends it: the alert is recorded in the same transaction, so there is one for each end. */
@Injectable()
export class TaskEndingService {
  constructor(
    private readonly tasks: TasksRepository,
    private readonly alerts: AlertsService,
    private readonly metrics: Metrics,
    @Inject(Config) private readonly config: Config,
  ) {}

  /**
   * pending → its end, and those who follow it with it.
   * @returns the tasks that have ended, first the one that was meant; none where it is not pending as `which` says: discard
   *   what was made
   */
  async end(tx: EntityManager, which: EndingTask, end: TaskEnd): Promise<[Task, ...Task[]] | []> {
    const task = await this.tasks.end(tx, which, end, this.config.TASK_TTL);
    if (task === null) return [];
    const ended: [Task, ...Task[]] = [task, ...(await this.endFollowing(tx, task, end))];
    for (const each of ended) if (each.callback !== null) await this.alerts.announce(tx, alertOf(each, each.callback));
    // Counted though the commit is still to come: a figure, and no record.
    for (const { state, queuedAt, completedAt } of ended) {
      if (completedAt !== null) this.metrics.taskEnded(state, (completedAt.getTime() - queuedAt.getTime()) / 1000);
    }
    return ended;
  }

  /**
   * The same work fails for the same reason, a crash too: what has killed its worker three times does not get three more for
   * each who asked. Who has cancelled has done so for itself alone.
   */
  private async endFollowing(tx: EntityManager, task: Task, end: TaskEnd): Promise<Task[]> {
    if (task.leader !== task.id) return [];
    if (end.state !== 'cancelled') return this.tasks.endFollowing(tx, task, end, this.config.TASK_TTL);
    await this.tasks.handOver(tx, task);
    return [];
  }
}
