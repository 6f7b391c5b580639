import { Injectable } from '@nestjs/common';
import { type ReadableUpload } from '../images/images.service.js';
import { type MadeText } from '../texts/texts.service.js';
import { type Progress } from '../processing/progress.js';
import { Problem } from '../problems.js';
import { OutcomesService } from './outcomes.service.js';
import { type Attempt, attemptsMax, type Task, type TaskProblem } from './task.js';
import { TaskEndingService } from './task-ending.service.js';
import { type EndingTask, TasksRepository } from './tasks.repository.js';

/** What workers do with tasks. Every step is a compare-and-set on the attempt: work that runs twice ends once. */
@Injectable()
export class TaskWorkService {
  constructor(
    private readonly tasks: TasksRepository,
    private readonly outcomes: OutcomesService,
    private readonly ending: TaskEndingService,
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
    return this.tasks.transaction(async (tx) => {
      const ended = await this.ending.end(tx, which, { state: 'failed', problem, detail });
      return ended.length > 0;
    });
  }

  isPending(id: string): Promise<boolean> {
    return this.tasks.isPending(id);
  }

  /**
   * Outcome, state and times in one transaction. Nothing is committed, or kept, where a later attempt has begun. A task whose
   * outcome its owner has no room for fails. false where the attempt does not count any more.
   */
  async succeed(task: Task, made: ReadableUpload | MadeText): Promise<boolean> {
    try {
      return await this.keep(task, made);
    } catch (error) {
      if (!(error instanceof Problem) || error.slug !== 'quota-exceeded') throw error;
      return this.fail(task, error.slug, `The outcome could not be kept. ${error.message}`);
    }
  }

  private keep(task: Task, made: ReadableUpload | MadeText): Promise<boolean> {
    const outcome = this.outcomes.named(made);
    return this.tasks.transaction(async (tx) => {
      const which = { id: task.id, attempt: task.attempt };
      const [maker, ...others] = await this.ending.end(tx, which, { state: 'ok', ...outcome });
      if (maker === undefined) return false;
      await this.outcomes.insert(tx, outcome, made, [maker, ...others]);
      return true;
    });
  }

  /** Takes away up to `limit` tasks whose time is over. @returns how many */
  sweep(now: Date, limit: number): Promise<number> {
    return this.tasks.sweep(now, limit);
  }
}
