import { Injectable } from '@nestjs/common';
import { Processing, type ProcessingResult } from '../processing/processing.js';
import { type Progress } from '../processing/pipeline.js';
import { type JobContext, type JobHandler } from '../queue/job-handler.js';
import { type Jobs } from '../queue/jobs.js';
import { BlobStore } from '../storage/blob-store.js';
import { type Task } from './task.js';
import { TaskWorkService } from './task-work.service.js';

/** Progress is told at most so often, ms. */
const progressEveryMs = 250;

/** take → process → store → finish */
@Injectable()
export class ProcessTaskJob implements JobHandler<'process-task'> {
  readonly job = 'process-task';
  /** What this process works on, by task. */
  private readonly running = new Map<string, AbortController>();

  constructor(
    private readonly work: TaskWorkService,
    private readonly processing: Processing,
    private readonly blobs: BlobStore,
  ) {}

  async run({ taskId, round }: Jobs['process-task'], { signal }: JobContext): Promise<void> {
    const task = await this.work.start(taskId, round);
    if (task === null) return;
    const interruption = new AbortController();
    this.running.set(taskId, interruption);
    const output = this.blobs.temporary();
    try {
      const result = await this.process(task, output, AbortSignal.any([signal, interruption.signal]));
      // Cancelled or deleted: whatever came out is nobody's.
      if (!interruption.signal.aborted) await this.finish(task, result, output);
    } finally {
      if (this.running.get(taskId) === interruption) this.running.delete(taskId);
      await this.blobs.discard({ path: output });
    }
  }

  /** The task is not to be worked on any more: its child process is killed, and is free for another. */
  interrupt(taskId: string): void {
    this.running.get(taskId)?.abort();
  }

  private process(task: Task, output: string, signal: AbortSignal): Promise<ProcessingResult> {
    return this.processing.process({
      input: this.blobs.path(task.imageDigest),
      output,
      operations: task.operations,
      onProgress: this.reporter(task),
      signal,
    });
  }

  private async finish(task: Task, result: ProcessingResult, output: string): Promise<void> {
    if (result.ok) {
      await this.work.succeed(task, { ...(await this.blobs.measure(output)), header: result.header });
      return;
    }
    // A crash may have been chance; work that was aborted is given back. Thrown, the job is tried again.
    const again = result.reason === 'aborted' || (result.reason === 'crashed' && task.attemptsLeft > 0);
    if (result.reason === 'aborted' || !again) await this.work.fail(task, result);
    if (again) throw new Error(`task ${task.id}, attempt ${task.attempt}: ${result.detail}`);
  }

  private reporter(task: Task): (progress: Progress) => void {
    let toldAt = Date.now();
    return (progress) => {
      if (Date.now() - toldAt < progressEveryMs) return;
      toldAt = Date.now();
      // Progress is a courtesy: losing one report must not lose the task.
      this.work.progress(task, progress).then(
        (counts) => (counts ? undefined : this.interrupt(task.id)),
        () => undefined,
      );
    };
  }
}
