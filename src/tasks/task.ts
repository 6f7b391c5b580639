import { type Callback } from '../alerts/alert.js';
import { type OperationCall } from '../processing/operation.js';
import { type Progress } from '../processing/progress.js';

/**
 * pending → ok, failed or cancelled; nothing follows an end. Waiting and running are both `pending`: what a caller may
 * do is the same (`startedAt` tells them apart).
 */
export type TaskState = 'pending' | 'ok' | 'failed' | 'cancelled';
export const taskStates = ['pending', 'ok', 'failed', 'cancelled'] as const satisfies TaskState[];

/** Starts of the work, all told. A worker that dies takes one; a third death in the same task is the task's fault. */
export const attemptsMax = 3;

export type OutcomeKind = 'image' | 'text';

export interface Task {
  /** UUIDv7. */
  id: string;
  owner: string;
  state: TaskState;
  /** In the order in which they are done. */
  operations: OperationCall[];
  /** What the task was asked in, and answers in where Accept leaves it open. */
  speech: 'json' | 'xml';
  /** The image that is worked on; null where the bytes that came with the task are none. */
  imageId: string | null;
  /** SHA-256 of its bytes, hexadecimal. */
  imageDigest: string;
  /** Further images that the operations name, and the bytes that they had when the task was accepted. */
  inputs: TaskInput[];
  /** What it makes, in a digest: equal ones make the same (work-digest.ts). Null where it was accepted before there were any. */
  workDigest: string | null;
  /**
   * Who does the work: itself, for all that ask for the same meanwhile; another task, which it follows and ends with; or null:
   * itself, for itself alone.
   */
  leader: string | null;
  progress: Progress | null;
  /** Seconds of its own work, and until that begins: expected when it was queued. Half of such tasks end within both. */
  estimate: number;
  wait: number;
  /** Seconds within which nine in ten such tasks end. */
  p90: number;
  /** Tasks that were in front of it. */
  ahead: number;
  /** The job that does its work; null until one has taken it. */
  job: string | null;
  /** Rises with every retry. */
  round: number;
  /** Rises with every start of the work: only the latest attempt may finish the task. */
  attempt: number;
  attemptsLeft: number;
  /** What the task has made, and which noun that is (it means nothing while there is none). */
  outcomeId: string | null;
  outcomeKind: OutcomeKind;
  /** SHA-256 of the bytes that it was made with, hexadecimal. */
  outcomeDigest: string | null;
  /** Why it failed: a word for machines, a sentence for people. */
  problem: TaskProblem | null;
  detail: string | null;
  /** Who is told of its end. */
  callback: Callback | null;
  /** Rises with every change that can be seen from outside: the id of the event that tells of it. */
  version: number;
  /** Seconds that the task, and its outcome, are kept after the end; null: as long as the service keeps any. */
  taskTtl: number | null;
  resultTtl: number | null;
  createdAt: Date;
  /** When it was accepted, or retried. */
  queuedAt: Date;
  startedAt: Date | null;
  completedAt: Date | null;
  /** When the task goes; null while it is pending. */
  expiresAt: Date | null;
}

/** A stored image and the SHA-256 of its bytes. */
export interface TaskInput {
  image: string;
  digest: string;
}

export const taskProblems = [
  'invalid-image',
  'format-off',
  'too-large',
  'operation-failed',
  'timeout',
  'crashed',
  'quota-exceeded',
] as const;
export type TaskProblem = (typeof taskProblems)[number];

/** What is asked for. */
export type NewTask = Pick<Task, 'owner' | 'operations' | 'speech' | 'callback' | 'taskTtl' | 'resultTtl'> & {
  /** A stored image; bytes that came along, which may be an image too or none. */
  source: { imageId: string; digest?: string } | { imageId?: undefined; digest: string };
  /** Whether the work is to be done even where it was done before. */
  fresh: boolean;
};

/** What a task has made. */
export interface Outcome {
  outcomeId: string;
  outcomeKind: OutcomeKind;
  outcomeDigest: string;
}

/** How a task ends. */
export type TaskEnd =
  ({ state: 'ok' } & Outcome) | { state: 'failed'; problem: TaskProblem; detail: string } | { state: 'cancelled' };

/** Null while there is none. */
export function outcomeOf({ outcomeId, outcomeKind, outcomeDigest }: Task): Outcome | null {
  return outcomeId === null || outcomeDigest === null ? null : { outcomeId, outcomeKind, outcomeDigest };
}

/** Where a controller may take a task, from which states. */
export const cancellable: TaskState[] = ['pending'];
export const retriable: TaskState[] = ['failed', 'cancelled'];

/** One attempt at a task: whoever holds it may finish the task while no later attempt has begun. */
export type Attempt = Pick<Task, 'id' | 'attempt'>;

/** What is expected of a task when it is queued. Seconds. */
export type Expectation = Pick<Task, 'estimate' | 'wait' | 'p90' | 'ahead'>;

/** Nobody is sent away for longer, seconds: workers may be added meanwhile. */
export const retryAfterMax = 600;

/** Seconds from when it was queued to its end, of half of such tasks. */
export function p50Of({ wait, estimate }: Pick<Expectation, 'wait' | 'estimate'>): number {
  return wait + estimate;
}

/**
 * When it makes sense to ask again, always ahead: when it is expected to be done; if that has passed, when nine in ten
 * would be; then ever more rarely. It moves at whole seconds and in such steps alone, so that the entity tag lasts.
 */
export function pingAfter(task: Expectation & Pick<Task, 'queuedAt' | 'startedAt'>, now: Date): Date {
  const { startedAt, queuedAt, estimate, p90 } = task;
  const expected = startedAt === null ? after(queuedAt, p50Of(task)) : after(startedAt, estimate);
  let ping = expected;
  for (let late = Math.max(p90, p50Of(task), 1); ping <= now; late *= 2) ping = after(queuedAt, late);
  return ping;
}

/** A whole second, not before so many of them have passed. */
function after(time: Date, seconds: number): Date {
  return new Date(Math.ceil(time.getTime() / 1000 + seconds) * 1000);
}

/** The same as whole seconds from now, as Retry-After wants it (RFC 9110 10.2.3). */
export function retryAfterSeconds(ping: Date, now: Date): number {
  const seconds = Math.ceil((ping.getTime() - now.getTime()) / 1000);
  return Math.min(Math.max(seconds, 1), retryAfterMax);
}

/** Channel on which every change of a task is told, by its id (migrations/0007). */
export const changes = 'darkroom_tasks';

/** Channel on which workers are told that a task is not to be worked on any more. */
export const interruptions = 'darkroom_interruptions';
