import { type EntityManager } from 'typeorm';
import { type Call } from '../http/call.js';
import { Problem } from '../problems.js';
import { type Reservation } from './reservation.js';
import { type ReservationsService } from './reservations.service.js';

/** Mints a URI for a caller, or refuses with 429. */
export async function mintFor(
  call: Pick<Call, 'owner'>,
  reservations: ReservationsService,
  path: string,
  tx?: EntityManager,
): Promise<Reservation> {
  const reservation = await reservations.mint(call.owner, path, tx);
  if (reservation === null) throw new Problem('too-many-reservations', { headers: { 'Retry-After': '60' } });
  return reservation;
}

/** The 404 of a URI: it may be reserved, and wait to be filled. */
export async function nothingAt(
  call: Pick<Call, 'owner'>,
  reservations: ReservationsService,
  path: string,
  id: string,
): Promise<Problem> {
  const reservation = await reservations.findEmpty(call.owner, path, id);
  if (reservation === null) return new Problem('not-found');
  const expires = reservation.expiresAt.toISOString();
  return new Problem('empty-slot', { detail: `PUT here before ${expires}.`, members: { expires } });
}

/**
 * DELETE of a URI that waits to be filled gives it back. To be asked before the resource is looked for: what is filled
 * stays filled, so a PUT at the same time cannot slip through between the two.
 */
export async function isGivenBack(
  call: Pick<Call, 'owner'>,
  reservations: ReservationsService,
  path: string,
  id: string,
): Promise<boolean> {
  const empty = await reservations.findEmpty(call.owner, path, id);
  return empty !== null && (await reservations.giveBack(call.owner, id)) === true;
}
