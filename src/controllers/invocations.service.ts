import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { fingerprintOf } from '../fingerprint.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { type Invocation, type InvocationFilling } from './invocation.js';
import { InvocationsRepository } from './invocations.repository.js';

/** What is invoked: `effect` does it within the transaction, or refuses by throwing. It is told the invocation's id. */
export interface Invocable {
  owner: string;
  /** Path of the controller resource. */
  controller: string;
  reason: string | undefined;
  effect: (tx: EntityManager, id: string) => Promise<Invocation['status']>;
}

/** Invokes controller resources: the record of an invocation is committed with its effect, so there is one for each. */
@Injectable()
export class InvocationsService {
  constructor(
    private readonly invocations: InvocationsRepository,
    private readonly reservations: ReservationsService,
  ) {}

  /** A POST: every call is an invocation of its own. */
  invoke(invocable: Invocable, tx?: EntityManager): Promise<Invocation> {
    const work = (inner: EntityManager): Promise<Invocation> => this.run(inner, randomUUIDv7(), invocable);
    return tx === undefined ? this.invocations.transaction(work) : work(tx);
  }

  /**
   * A PUT to a minted URI: the first one invokes, a repetition does nothing. One that was refused leaves the slot empty.
   * @param check refuses by throwing: it is told the present invocation, null for a slot that is still empty
   */
  fill(id: string, invocable: Invocable, check: (present: Invocation | null) => void): Promise<InvocationFilling> {
    const { owner, controller, reason } = invocable;
    const fingerprint = fingerprintOf({ reason });
    return this.invocations.transaction(async (tx) => {
      const slot = await this.reservations.take(tx, owner, controller, id, fingerprint);
      if (slot.state === 'none') return { outcome: 'nothing' };
      if (slot.state === 'filled') {
        const present = await this.invocations.find(owner, controller, id, tx);
        if (present === null) return { outcome: 'nothing' };
        check(present);
        return slot.same ? { outcome: 'same', invocation: present } : { outcome: 'other-content' };
      }
      check(null);
      const invocation = await this.run(tx, id, invocable);
      await this.reservations.fill(tx, id, fingerprint);
      return { outcome: 'invoked', invocation };
    });
  }

  find(owner: string, controller: string, id: string): Promise<Invocation | null> {
    return this.invocations.find(owner, controller, id);
  }

  /** Takes away up to `limit` records made before. @returns how many */
  sweep(before: Date, limit: number): Promise<number> {
    return this.invocations.sweep(before, limit);
  }

  private async run(
    tx: EntityManager,
    id: string,
    { owner, controller, reason, effect }: Invocable,
  ): Promise<Invocation> {
    const status = await effect(tx, id);
    const invocation = { id, owner, controller, status, reason: reason ?? null, createdAt: new Date() };
    await this.invocations.insert(tx, invocation);
    return invocation;
  }
}
