import { type Assignment } from './assignment.js';
import { type Description } from './description.js';
import { type Failure } from './failure.js';
import { type Header } from './header.js';
import { type Limits } from './limits.js';
import { type Processed } from './pipeline.js';
import { type Progress } from './progress.js';

/** What a child is asked to do; one at a time. */
export type Job =
  | { readonly job: 'inspect' | 'hash' | 'describe'; readonly path: string; readonly limits: Limits }
  | ({ readonly job: 'process'; readonly limits: Limits } & Assignment);

/** What was read from a header. */
export interface Inspected {
  readonly ok: true;
  readonly header: Header;
}

/** The last word of a child on a job. */
export type Outcome =
  | { readonly message: 'inspected'; readonly result: Inspected | Failure }
  | { readonly message: 'hashed'; readonly hash: string | null }
  | { readonly message: 'described'; readonly result: Description | Failure }
  | { readonly message: 'processed'; readonly result: Processed | Failure }
  /** Not the image's fault: a file that cannot be read or written, a bug. */
  | { readonly message: 'broke'; readonly error: string };

/** All that a child says. */
export type FromChild =
  | Outcome
  /** The native libraries are loaded. */
  | { readonly message: 'ready' }
  | { readonly message: 'progress'; readonly progress: Progress };

// The other end of the channel is this same program, forked by it: the word alone tells the rest.

export function isJob(message: unknown): message is Job {
  return typeof message === 'object' && message !== null && 'job' in message;
}

export function isFromChild(message: unknown): message is FromChild {
  return typeof message === 'object' && message !== null && 'message' in message;
}
