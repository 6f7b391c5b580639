import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { AlertsService } from '../alerts/alerts.service.js';
import { Config } from '../config.js';
import { type TaskEnd } from './task.js';
import { alertOf } from './task.message.js';
import { type EndingTask, TasksRepository } from './tasks.repository.js';

/** The one way a task ends, whoever ends it: the alert is recorded in the same transaction, so there is one for each end. */
@Injectable()
export class TaskEndingService {
  constructor(
    private readonly tasks: TasksRepository,
    private readonly alerts: AlertsService,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** pending → its end. false where it is not pending as `which` says: discard what was made. */
  async end(tx: EntityManager, which: EndingTask, end: TaskEnd): Promise<boolean> {
    const ended = await this.tasks.end(tx, which, end, this.config.TASK_TTL);
    if (ended === null) return false;
    if (ended.callback !== null) await this.alerts.announce(tx, alertOf(ended, ended.callback));
    return true;
  }
}
