import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ImagesService, type ReadableUpload } from '../images/images.service.js';
import { type Failure } from '../processing/failure.js';
import { type Progress } from '../processing/pipeline.js';
import { type Attempt, attemptsMax, type Task } from './task.js';
import { TasksRepository } from './tasks.repository.js';

/** What workers do with tasks. Every step is a compare-and-set on the attempt: work that runs twice ends once. */
@Injectable()
export class TaskWorkService {
  constructor(
    private readonly tasks: TasksRepository,
    private readonly images: ImagesService,
  ) {}

  /** null where there is nothing to be done: the task is gone, at its end, or has been tried too often. */
  async start(id: string): Promise<Task | null> {
    const task = await this.tasks.start(id);
    if (task === null) {
      await this.tasks.failExhausted(
        id,
        'crashed',
        `The process that worked on it died, ${attemptsMax} times out of ${attemptsMax}.`,
      );
    }
    return task;
  }

  progress(attempt: Attempt, progress: Progress): Promise<void> {
    return this.tasks.progress(attempt, progress);
  }

  giveBack(attempt: Attempt): Promise<void> {
    return this.tasks.giveBack(attempt);
  }

  async fail(attempt: Attempt, { reason, detail }: Failure): Promise<void> {
    if (reason === 'aborted') await this.tasks.giveBack(attempt);
    else await this.tasks.fail(attempt, reason, detail);
  }

  /**
   * Outcome, state and times in one transaction. Nothing is committed where a later attempt has begun.
   * @param made kept in the blob store already
   * @param expiresAt when the outcome goes
   */
  async succeed(task: Task, made: ReadableUpload, expiresAt: Date): Promise<boolean> {
    const outcome = { id: randomUUIDv7(), owner: task.owner, taskId: task.id, expiresAt };
    return this.tasks.transaction(async (tx) => {
      if (!(await this.tasks.succeed(tx, task, outcome.id))) return false;
      await this.images.insert(tx, { ...outcome, ...made });
      return true;
    });
  }
}
