import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../database/clock.js';
import { type ProblemSlug } from '../problem-types.js';
import { Problem, type ProblemOptions } from '../problems.js';
import { IdempotencyRepository, type Scope } from './idempotency.repository.js';

/** How long an answer can be had again. Published in the OpenAPI document. */
export const keptHours = 24;

/** What is stored of an answer: itself, or the refusal that it was. */
type Recorded<A> = { answer: A } | { problem: { slug: ProblemSlug; options: ProblemOptions } };

/** Runs the effect of a POST once for each Idempotency-Key (draft-ietf-httpapi-idempotency-key-header). */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * The key is committed in the transaction of the effect: either both are there, or none is.
   * Refusals that the work decides on (4xx) are an answer like any other; what is thrown beside them is not kept.
   * @throws Problem 422 where the key came with other content before, 409 while the first request has not committed
   */
  async once<A extends { status: number }>(
    scope: Scope,
    fingerprint: string,
    work: (tx: EntityManager) => Promise<A>,
  ): Promise<{ answer: A; replayed: boolean }> {
    const { recorded, replayed } = await this.keys.transaction(async (tx) => {
      if (!(await this.keys.tryLock(tx, scope))) throw inUse();
      const now = this.clock.now();
      const stored = await this.keys.find<Recorded<A>>(tx, scope, now);
      if (stored !== null) {
        if (stored.fingerprint !== fingerprint) throw reused();
        return { recorded: stored.answer, replayed: true };
      }
      const recorded = await attempt(tx, work);
      const status = 'answer' in recorded ? recorded.answer.status : new Problem(recorded.problem.slug).status;
      const expiresAt = new Date(now.getTime() + keptHours * 60 * 60 * 1000);
      await this.keys.store(tx, scope, { fingerprint, answer: recorded }, status, expiresAt);
      return { recorded, replayed: false };
    });
    if ('answer' in recorded) return { answer: recorded.answer, replayed };
    const { slug, options } = recorded.problem;
    throw new Problem(slug, replayed ? { ...options, headers: { ...options.headers, ...replayedHeader } } : options);
  }

  /** Takes away up to `limit` answers whose time is over. @returns how many */
  sweep(now: Date, limit: number): Promise<number> {
    return this.keys.sweep(now, limit);
  }
}

export const replayedHeader = { 'Idempotency-Replayed': 'true' };

/** In a savepoint: the effect of work that refuses is undone, and the refusal kept. */
async function attempt<A>(tx: EntityManager, work: (tx: EntityManager) => Promise<A>): Promise<Recorded<A>> {
  try {
    return { answer: await tx.transaction(work) };
  } catch (error) {
    // What a caller is told to ask again for is not the answer yet.
    if (!(error instanceof Problem) || error.status >= 500 || error.status === 429) throw error;
    const { slug, detail, errors, members, headers } = error;
    return {
      problem: {
        slug,
        options: { ...(detail === undefined ? {} : { detail }), ...(errors ? { errors } : {}), members, headers },
      },
    };
  }
}

function inUse(): Problem {
  return new Problem('idempotency-key-in-use', { headers: { 'Retry-After': '1' } });
}

function reused(): Problem {
  return new Problem('idempotency-key-reused', {
    errors: [{ header: 'Idempotency-Key', detail: 'used before with other content' }],
  });
}
