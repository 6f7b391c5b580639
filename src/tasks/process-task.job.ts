import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { Processing, type ProcessingResult } from '../processing/processing.js';
import { type Progress } from '../processing/pipeline.js';
import { type JobContext, type JobHandler } from '../queue/job-handler.js';
import { BlobStore } from '../storage/blob-store.js';
import { type Task } from './task.js';
import { TaskWorkService } from './task-work.service.js';

/** Progress is told at most so often, ms. */
const progressEveryMs = 250;

/** take → process → store → finish */
@Injectable()
export class ProcessTaskJob implements JobHandler<'process-task'> {
  readonly job = 'process-task';

  constructor(
    private readonly work: TaskWorkService,
    private readonly processing: Processing,
    private readonly blobs: BlobStore,
    @Inject(Config) private readonly config: Config,
  ) {}

  async run({ taskId }: { taskId: string }, { signal }: JobContext): Promise<void> {
    const task = await this.work.start(taskId);
    if (task === null) return;
    const output = this.blobs.temporary();
    try {
      await this.finish(task, await this.process(task, output, signal), output);
    } finally {
      await this.blobs.discard({ path: output });
    }
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
      const made = await this.blobs.measure(output);
      await this.blobs.keep(made);
      const expiresAt = new Date(Date.now() + this.config.RESULT_TTL * 1000);
      await this.work.succeed(task, { ...made, header: result.header }, expiresAt);
      return;
    }
    // A crash may have been chance; aborted work was given back. Thrown, the job is tried again.
    const again = result.reason === 'aborted' || (result.reason === 'crashed' && task.attemptsLeft > 0);
    if (!again || result.reason === 'aborted') await this.work.fail(task, result);
    if (again) throw new Error(`task ${task.id}, attempt ${task.attempt}: ${result.detail}`);
  }

  private reporter(task: Task): (progress: Progress) => void {
    let toldAt = Date.now();
    return (progress) => {
      if (Date.now() - toldAt < progressEveryMs) return;
      toldAt = Date.now();
      // Progress is a courtesy: losing one report must not lose the task.
      this.work.progress(task, progress).catch(() => undefined);
    };
  }
}
