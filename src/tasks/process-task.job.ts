import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Notifications } from '../database/notifications.js';
import { type StoredHeader } from '../processing/header.js';
import { Processing, type ProcessingResult } from '../processing/processing.js';
import { type Progress } from '../processing/progress.js';
import { type JobContext, type JobHandler } from '../queue/job-handler.js';
import { type Jobs } from '../queue/jobs.js';
import { BlobStore } from '../storage/blob-store.js';
import { EstimatesService } from './estimates.service.js';
import { paced, type Paced } from './paced.js';
import { inputPaths } from './task-inputs.js';
import { interruptions, type Task } from './task.js';
import { TaskWorkService } from './task-work.service.js';
import { type TurnJob } from './turns.js';

/** Progress is told at most so often, ms. */
const progressEveryMs = 250;

/** Said of a task whose work broke at every try of its job, for a reason that is in the log. */
const brokeForGood = 'It could not be processed: something broke on our side at every try.';

/** take → process → store → finish → learn */
@Injectable()
export class ProcessTaskJob implements JobHandler<'process-task'>, OnModuleInit {
  readonly job = 'process-task';
  /** What this process works on, by task. */
  private readonly running = new Map<string, AbortController>();

  constructor(
    private readonly work: TaskWorkService,
    private readonly processing: Processing,
    private readonly blobs: BlobStore,
    private readonly notifications: Notifications,
    private readonly estimates: EstimatesService,
  ) {}

  onModuleInit(): void {
    this.notifications.listen(interruptions, { onNotification: (taskId) => this.interrupt(taskId) });
  }

  async run({ taskId }: Jobs['process-task'], { id, signal, lastTry }: JobContext): Promise<void> {
    const began = performance.now();
    const job = { id, taskId };
    const task = await this.work.start(job);
    if (task === null) return;
    const interruption = new AbortController();
    this.running.set(task.id, interruption);
    const output = this.blobs.temporary();
    try {
      const { result, waited } = await this.process(task, output, AbortSignal.any([signal, interruption.signal]));
      if (interruption.signal.aborted || !(await this.finish(task, result, output))) await this.giveWay(task, job);
      else if (result.ok) await this.learn(task, result.input, performance.now() - began, waited);
    } catch (error) {
      // Not the task's fault: the disk, the database, a bug. The attempt counts no more, the job's own tries do.
      if (lastTry) await this.work.fail(task, 'crashed', brokeForGood).catch(() => undefined);
      else if (!(error instanceof TryAgain)) await this.work.giveBack(task).catch(() => undefined);
      throw error;
    } finally {
      if (this.running.get(task.id) === interruption) this.running.delete(task.id);
      await this.blobs.discard({ path: output });
    }
  }

  /**
   * The attempt does not count any more. Where a later one has begun, the job is that one's: a job that resolves is
   * deleted by its id, one that throws only by whoever holds it.
   */
  private async giveWay(task: Task, job: TurnJob): Promise<void> {
    if (await this.work.holds(job)) throw new TryAgain(`attempt ${task.attempt} of task ${task.id} was superseded`);
  }

  /** The task is not to be worked on any more: its child process is killed, and is free for another. */
  interrupt(taskId: string): void {
    this.running.get(taskId)?.abort();
  }

  /** @returns how it went, and how long it waited for a child, ms */
  private async process(
    task: Task,
    output: string,
    signal: AbortSignal,
  ): Promise<{ result: ProcessingResult; waited: number }> {
    const began = performance.now();
    const onProgress = this.reporter(task);
    try {
      const result = await this.processing.process({
        input: this.blobs.path(task.imageDigest),
        output,
        operations: task.operations,
        inputs: inputPaths(task.inputs, (digest) => this.blobs.path(digest)),
        onProgress,
        signal,
      });
      return { result, waited: result.ok ? performance.now() - began - result.durations.total : 0 };
    } finally {
      onProgress.stop();
    }
  }

  /** @param ran, waited ms */
  private learn(task: Task, input: StoredHeader, ran: number, waited: number): Promise<void> {
    return this.estimates.learn(task, { input, ran: ran / 1000, worked: (ran - waited) / 1000 });
  }

  /** false where the attempt does not count any more. */
  private async finish(task: Task, result: ProcessingResult, output: string): Promise<boolean> {
    if (result.ok) {
      const { recognition, header, findings } = result;
      const made = { ...(await this.blobs.measure(output)), findings };
      return this.work.succeed(task, recognition ? { ...made, recognition } : { ...made, header });
    }
    const message = `task ${task.id}, attempt ${task.attempt}: ${result.detail}`;
    switch (result.reason) {
      case 'aborted':
        await this.work.giveBack(task);
        throw new TryAgain(message);
      case 'crashed':
        // It may have been chance.
        if (task.attemptsLeft > 0) throw new TryAgain(message);
        return this.work.fail(task, result.reason, result.detail);
      default:
        return this.work.fail(task, result.reason, result.detail);
    }
  }

  private reporter(task: Task): Paced<Progress> {
    return paced((progress) => {
      // Progress is a courtesy: losing one report must not lose the task.
      this.work.progress(task, progress).then(
        (counts) => (counts ? undefined : this.interrupt(task.id)),
        () => undefined,
      );
    }, progressEveryMs);
  }
}

/** Thrown, the job is tried again; the attempt was dealt with. */
class TryAgain extends Error {}
