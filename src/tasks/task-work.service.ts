import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { ImagesService, type ReadableUpload } from '../images/images.service.js';
import { type MadeText, TextsService } from '../texts/texts.service.js';
import { type Progress } from '../processing/progress.js';
import { type Attempt, attemptsMax, type Task, type TaskProblem } from './task.js';
import { TaskEndingService } from './task-ending.service.js';
import { type EndingTask, TasksRepository } from './tasks.repository.js';

/** What workers do with tasks. Every step is a compare-and-set on the attempt: work that runs twice ends once. */
@Injectable()
export class TaskWorkService {
  constructor(
    private readonly tasks: TasksRepository,
    private readonly images: ImagesService,
    private readonly texts: TextsService,
    private readonly ending: TaskEndingService,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** null where there is nothing to be done: the task is gone, at its end, or has been tried too often. */
  async start(id: string, round: number): Promise<Task | null> {
    const task = await this.tasks.start(id, round);
    if (task === null) {
      const detail = `The process that worked on it died, ${attemptsMax} times out of ${attemptsMax}.`;
      await this.failAs({ id, round, attemptsLeft: 0 }, 'crashed', detail);
    }
    return task;
  }

  /** false where the attempt does not count any more: the work can stop. */
  progress(attempt: Attempt, progress: Progress): Promise<boolean> {
    return this.tasks.progress(attempt, progress);
  }

  giveBack(attempt: Attempt): Promise<void> {
    return this.tasks.giveBack(attempt);
  }

  /** false where the attempt does not count any more. */
  fail(attempt: Attempt, problem: TaskProblem, detail: string): Promise<boolean> {
    return this.failAs({ id: attempt.id, attempt: attempt.attempt }, problem, detail);
  }

  private failAs(which: EndingTask, problem: TaskProblem, detail: string): Promise<boolean> {
    return this.tasks.transaction((tx) => this.ending.end(tx, which, { state: 'failed', problem, detail }));
  }

  isPending(id: string): Promise<boolean> {
    return this.tasks.isPending(id);
  }

  /** Outcome, state and times in one transaction. Nothing is committed, or kept, where a later attempt has begun. */
  async succeed(task: Task, made: ReadableUpload | MadeText): Promise<boolean> {
    const seconds = Math.min(task.resultTtl ?? Infinity, this.config.RESULT_TTL);
    const expiresAt = new Date(Date.now() + seconds * 1000);
    const outcome = { id: randomUUIDv7(), owner: task.owner, taskId: task.id, expiresAt };
    return this.tasks.transaction(async (tx) => {
      const which = { id: task.id, attempt: task.attempt };
      const outcomeKind = 'recognition' in made ? 'text' : 'image';
      if (!(await this.ending.end(tx, which, { state: 'ok', outcomeId: outcome.id, outcomeKind }))) return false;
      if ('recognition' in made) await this.texts.insert(tx, { ...outcome, imageDigest: task.imageDigest, ...made });
      else await this.images.insert(tx, { ...outcome, ...made });
      return true;
    });
  }

  /** Takes away up to `limit` tasks whose time is over. @returns how many */
  sweep(now: Date, limit: number): Promise<number> {
    return this.tasks.sweep(now, limit);
  }
}
