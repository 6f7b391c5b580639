import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { fingerprintOf } from '../fingerprint.js';
import { type Call } from '../http/call.js';
import { IdempotencyService, replayedHeader } from './idempotency.service.js';

/** How a controller makes a POST repeatable: with an Idempotency-Key its effect happens once. */
@Injectable()
export class Once {
  constructor(private readonly idempotency: IdempotencyService) {}

  /**
   * @param content what was asked, as the handler has understood it: boundaries and white space do not count
   * @param work gets the transaction that the key is committed in; none where there is no key
   */
  async run<A extends { status: number }>(
    call: Pick<Call, 'idempotency' | 'response'>,
    content: unknown,
    work: (tx?: EntityManager) => Promise<A>,
  ): Promise<A> {
    const scope = call.idempotency;
    if (scope === undefined) return work();
    const { answer, replayed } = await this.idempotency.once(scope, fingerprintOf(content), work);
    if (replayed) call.response.setHeaders(new Map(Object.entries(replayedHeader)));
    return answer;
  }
}
