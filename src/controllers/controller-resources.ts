import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Call } from '../http/call.js';
import { type Row, type Speech } from '../http/contract.js';
import { Once } from '../idempotency/once.js';
import { Problem } from '../problems.js';
import { nothingAt } from '../reservations/minting.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { InvocationRequest } from './controller.contract.js';
import { type Invocation } from './invocation.js';
import { invocationView, InvocationView } from './invocation.view.js';
import { type Invocable, InvocationsService } from './invocations.service.js';

/** A controller resource as the noun that it belongs to describes it. */
export interface ControllerResource<T> {
  /** Path of the controller resource. */
  path: string;
  /** Does it within the transaction, or refuses by throwing. It is told the invocation's id. */
  effect: Invocable['effect'];
  /** What every answer shows: the resource that was changed, or made, as it is now. */
  present(invocationId: string, tx?: EntityManager): Promise<Presented<T>>;
}

export interface Presented<T> {
  uri: string;
  body: T;
  speak?: Speech;
}

type MintedCall = Call<Row & { path: `${string}{invocation}` }>;

/** How invocations of any controller resource are asked for, filled, read and given back. */
@Injectable()
export class ControllerResources {
  constructor(
    private readonly invocations: InvocationsService,
    private readonly reservations: ReservationsService,
    private readonly once: Once,
  ) {}

  /** POST: 200 where the effect is complete, 202 where it goes on. */
  async invoke<T extends object>(call: Call, resource: ControllerResource<T>) {
    const invocable = await invocableOf(call, resource);
    return this.once.run(call, { reason: invocable.reason }, async (tx) => {
      const { id, status } = await this.invocations.invoke(invocable, tx);
      const presented = await resource.present(id, tx);
      return status === 200 ? done(presented) : accepted(presented);
    });
  }

  /** The same of an effect that is never complete at once. */
  async invokeLater<T extends object>(call: Call, resource: ControllerResource<T>) {
    const answer = await this.invoke(call, resource);
    if (answer.status !== 202) throw new Error(`${resource.path} was done at once`);
    return answer;
  }

  /** PUT of a minted invocation: 202 the first, 200 the same again. */
  async fill<T extends object>(call: MintedCall, resource: ControllerResource<T>) {
    const id = call.param('invocation');
    const filling = await this.invocations.fill(id, await invocableOf(call, resource), (present) =>
      call.requirePreconditions(InvocationView, present && invocationView(present, call.origin)),
    );
    if (filling.outcome === 'nothing') throw new Problem('not-found');
    if (filling.outcome === 'other-content') throw new Problem('other-content');
    const presented = await resource.present(id);
    return filling.outcome === 'same' ? done(presented) : accepted(presented);
  }

  async get(call: MintedCall, path: string): Promise<{ status: 200; body: InvocationView }> {
    const id = call.param('invocation');
    const invocation: Invocation | null = await this.invocations.find(call.owner, path, id);
    if (invocation === null) throw await nothingAt(call, this.reservations, path, id);
    return { status: 200, body: invocationView(invocation, call.origin) };
  }

  async giveBack(call: MintedCall, path: string): Promise<{ status: 204 }> {
    const reservation = await this.reservations.find(call.owner, call.param('invocation'));
    if (reservation?.for !== path) throw new Problem('not-found');
    const given = await this.reservations.giveBack(call.owner, reservation.id);
    if (given !== true) throw new Problem(given === null ? 'not-found' : 'reservation-filled');
    return { status: 204 };
  }
}

async function invocableOf<T>(call: Call, { path, effect }: ControllerResource<T>): Promise<Invocable> {
  const { reason } = call.isEmpty ? {} : await call.structured(InvocationRequest);
  return { owner: call.owner, controller: path, reason, effect };
}

function done<T>({ uri, ...presented }: Presented<T>) {
  return { status: 200, headers: { 'Content-Location': uri }, ...presented } as const;
}

function accepted<T>({ uri, ...presented }: Presented<T>) {
  return { status: 202, headers: { Location: uri, 'Content-Location': uri }, ...presented } as const;
}
