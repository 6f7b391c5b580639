import { type Assignment } from './assignment.js';
import { describe } from './description.js';
import { type Failure, ProcessingFailure } from './failure.js';
import { inspect } from './inspect.js';
import { type Limits } from './limits.js';
import { type FromChild, isJob, type Job, type Outcome } from './messages.js';
import { perceptualHash } from './perceptual-hash.js';
import { run } from './pipeline.js';
import { type Progress } from './progress.js';

// The entry of a child process: the only place where native code meets bytes that strangers sent. Its parent's side is
// child-handle.ts, which gives it one job at a time and kills it when that takes too long.

// Ctrl-C goes to the whole group; whether a job is still worth finishing is for the parent to decide.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

// The parent is gone or lets go. exit() would wait for the threads of a running job; nothing here is worth waiting for.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

process.on('message', (message: unknown) => {
  if (isJob(message)) void work(message).then(say);
});

say({ message: 'ready' });

async function work(job: Job): Promise<Outcome> {
  try {
    switch (job.job) {
      case 'inspect':
        return {
          message: 'inspected',
          result: await orFailure(async () => ({ ok: true, header: await inspect(job.path, job.limits) })),
        };
      case 'hash':
        return { message: 'hashed', hash: await hashOf(job.path, job.limits) };
      case 'describe':
        return { message: 'described', result: await orFailure(() => describe(job.path, job.limits)) };
      case 'process':
        return {
          message: 'processed',
          result: await orFailure(() => run(job, job.limits, reportOf(job))),
        };
      default:
        return job satisfies never;
    }
  } catch (error) {
    return { message: 'broke', error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** What is no image any more, or not within the limits, has none. */
async function hashOf(path: string, limits: Limits): Promise<string | null> {
  const inspected = await orFailure(() => inspect(path, limits));
  return 'ok' in inspected ? null : perceptualHash(path, inspected.format, limits);
}

async function orFailure<T>(attempt: () => Promise<T>): Promise<T | Failure> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof ProcessingFailure)) throw error;
    return { ok: false, reason: error.reason, detail: error.detail };
  }
}

/** Who waits for a preview is told of its end alone. */
function reportOf({ budget }: Job & Assignment): (progress: Progress) => void {
  return budget ? () => undefined : (progress) => say({ message: 'progress', progress });
}

/** To whoever is there: where nobody is any more, `disconnect` follows. */
function say(message: FromChild): void {
  process.send?.(message, undefined, undefined, () => undefined);
}
