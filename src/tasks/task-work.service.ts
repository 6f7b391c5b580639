import { Injectable } from '@nestjs/common';
import { type ReadableUpload } from '../images/images.service.js';
import { type MadeText } from '../texts/texts.service.js';
import { type Progress } from '../processing/progress.js';
import { Problem } from '../problems.js';
import { OutcomesService } from './outcomes.service.js';
import { type Attempt, attemptsMax, type Task, type TaskProblem } from './task.js';
import { TaskEndingService } from './task-ending.service.js';
import { type EndingTask, TasksRepository } from './tasks.repository.js';
import { type TurnJob } from './turns.js';
import { TurnsRepository } from './turns.repository.js';

/** What workers do with tasks. Every step is a compare-and-set on the attempt: work that runs twice ends once. */
@Injectable()
export class TaskWorkService {
  constructor(
    private readonly tasks: TasksRepository,
    private readonly outcomes: OutcomesService,
    private readonly ending: TaskEndingService,
    private readonly turns: TurnsRepository,
  ) {}

  /** The task that the job has begun before, or else the next; null where there is nothing to be done, or it was tried too often. */
  async start(job: TurnJob): Promise<Task | null> {
    const held = await this.turns.held(job);
    if (held === null) return this.startNext(job.id);
    const task = await this.tasks.startAgain(held, job.id);
    if (task === null) {
      const detail = `The process that worked on it died, ${attemptsMax} times out of ${attemptsMax}.`;
      await this.failAs({ id: held, attemptsLeft: 0 }, 'crashed', detail);
    }
    return task;
  }

  /** Not null while anything waits: the job may be the last that there is. */
  private async startNext(job: string): Promise<Task | null> {
    for (;;) {
      const { owner, waiting, others } = await this.turns.take();
      if (owner === null && !others) return null;
      const task = owner === null ? null : await this.tasks.startOldest(owner, job);
      if (owner !== null && waiting <= 1) await this.turns.tidy();
      if (task !== null) return task;
    }
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

  /** Whether the job has a task that is not at its end. */
  async holds(job: TurnJob): Promise<boolean> {
    return (await this.turns.held(job)) !== null;
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
  async sweep(now: Date, limit: number): Promise<number> {
    await this.turns.mend();
    return this.tasks.sweep(now, limit);
  }
}
