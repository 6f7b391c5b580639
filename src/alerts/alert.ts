/**
 * pending → delivered or failed. A resend that succeeds makes a failed one delivered; a delivered one stays so.
 */
export type AlertState = 'pending' | 'delivered' | 'failed';
export const alertStates = ['pending', 'delivered', 'failed'] as const satisfies AlertState[];

/** gone: the receiver said that it wants no more (410). exhausted: the last try has failed. */
export type AlertFailure = 'gone' | 'exhausted';

/** Who is told when a task has ended, as its caller asked for it. */
export interface Callback {
  url: string;
  /** Sealed, as everywhere but in the request and in the signature; without one nothing is signed. */
  secret: string | null;
  format: 'json' | 'xml';
  /** Origin of the links in what is told: the one that the task was asked for at. */
  origin: string;
}

/** What is told of the end of a task, once. */
export interface Alert {
  /** UUIDv7: the webhook-id of every delivery. */
  id: string;
  owner: string;
  taskId: string;
  /** Of the task: one that is tried again ends again. */
  round: number;
  /** task.ok, task.failed or task.cancelled. */
  type: string;
  url: string;
  /** Sealed. */
  secret: string | null;
  mediaType: string;
  /** The very text that is signed and sent. */
  body: string;
  state: AlertState;
  failure: AlertFailure | null;
  createdAt: Date;
  completedAt: Date | null;
  expiresAt: Date;
}

export type NewAlert = Pick<Alert, 'owner' | 'taskId' | 'round' | 'type' | 'url' | 'secret' | 'mediaType' | 'body'>;

/** waiting → running → succeeded or failed; waiting → cancelled where it is not needed any more. */
export type DeliveryState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';
export const deliveryStates = [
  'waiting',
  'running',
  'succeeded',
  'failed',
  'cancelled',
] as const satisfies DeliveryState[];

/** event: the task's end. retry: an earlier delivery failed. resend: somebody asked for it. */
export type DeliveryCause = 'event' | 'retry' | 'resend';
export const deliveryCauses = ['event', 'retry', 'resend'] as const satisfies DeliveryCause[];

/** One attempt to tell. */
export interface Delivery {
  /** UUIDv7; of a resend that of its invocation. */
  id: string;
  alertId: string;
  /** From 1, within the alert. */
  number: number;
  cause: DeliveryCause;
  state: DeliveryState;
  scheduledAt: Date;
  startedAt: Date | null;
  completedAt: Date | null;
  /** What the receiver answered. */
  status: number | null;
  /** Why there was no answer that could be used; interrupted: the process that sent it died, or had to stop. */
  failure: string | null;
  durationMs: number | null;
}

/** What an attempt came to. */
export interface Attempted {
  status?: number | undefined;
  /** The field of that name, as it came. */
  retryAfter?: string | undefined;
  failure?: string | undefined;
  durationMs: number;
}

/** delivered, gone for good, or to be tried again. */
export type Verdict = 'delivered' | 'gone' | 'again';

/** Standard Webhooks: any 2xx is success, 410 ends the deliveries, all else (a redirection too) is a failure. */
export function verdictOf({ status, failure }: Attempted): Verdict {
  if (failure !== undefined || status === undefined) return 'again';
  if (status >= 200 && status < 300) return 'delivered';
  return status === 410 ? 'gone' : 'again';
}

/** A receiver that asks for more time gets it, up to a day, seconds. */
const retryAfterMax = 24 * 60 * 60;

/** Receivers that failed together are not to be called together again: so much more or less of the delay. */
const jitter = 0.1;

/**
 * Seconds until the next try; null where there is none.
 * @param schedule seconds after each failure, in order
 * @param failures that there were, this one included
 * @param random from 0 to 1
 */
export function delayAfter(
  attempted: Attempted,
  schedule: readonly number[],
  failures: number,
  { random, now }: { random: number; now: Date },
): number | null {
  const delay = schedule[failures - 1];
  if (delay === undefined) return null;
  const jittered = delay * (1 + jitter * (2 * random - 1));
  return Math.max(jittered, askedFor(attempted, now));
}

/** What Retry-After asks for, seconds (RFC 9110 10.2.3); 0 where it says nothing, or the status gives it no meaning. */
function askedFor({ status, retryAfter }: Attempted, now: Date): number {
  if (retryAfter === undefined || (status !== 429 && status !== 503)) return 0;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - now.getTime()) / 1000;
  return Number.isNaN(seconds) ? 0 : Math.min(Math.max(seconds, 0), retryAfterMax);
}

const secretPattern = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/** Standard Webhooks: whsec_ and the base64 of 24 to 64 bytes. */
export function isSecret(text: string): boolean {
  const [, encoded = ''] = secretPattern.exec(text) ?? [];
  const { length } = Buffer.from(encoded, 'base64');
  return encoded.length % 4 === 0 && length >= 24 && length <= 64;
}
