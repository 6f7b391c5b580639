import { Controller } from '@nestjs/common';
import { type Call } from '../http/call.js';
import { type Answer } from '../http/contract.js';
import { Operation } from '../http/operation.decorator.js';
import { keysetOf, pageLinks } from '../http/pagination.js';
import { canBeReserved } from '../http/rows.js';
import { Once } from '../idempotency/once.js';
import { Problem } from '../problems.js';
import { mintFor } from './minting.js';
import { reservationView, reservedHeaders } from './reservation.view.js';
import * as contract from './reservations.contract.js';
import { ReservationsService } from './reservations.service.js';

@Controller()
export class ReservationsController {
  constructor(
    private readonly reservations: ReservationsService,
    private readonly once: Once,
  ) {}

  @Operation(contract.createReservation)
  async create(call: Call<typeof contract.createReservation>): Promise<Answer<typeof contract.createReservation>> {
    const request = call.isEmpty ? {} : await call.structured(contract.ReservationRequest);
    const path = pathOf(request.for ?? '/images/tasks', call.origin);
    if (!canBeReserved(path)) {
      throw new Problem('not-reservable', {
        errors: [{ pointer: '/for', detail: 'a collection or a controller resource that takes PUT below it' }],
      });
    }
    return this.once.run(call, { for: path }, async (tx) => {
      const reservation = await mintFor(call, this.reservations, path, tx);
      return {
        status: 201,
        headers: reservedHeaders(reservation, call.origin),
        body: reservationView(reservation, call.origin, call.now),
      };
    });
  }

  @Operation(contract.listReservations)
  async list(call: Call<typeof contract.listReservations>): Promise<Answer<typeof contract.listReservations>> {
    const page = await this.reservations.listOpen(call.owner, keysetOf(call.query));
    const { links, header } = pageLinks(page, call.url);
    const now = call.now;
    const items = page.items.map((reservation) => reservationView(reservation, call.origin, now));
    return { status: 200, headers: { Link: header }, body: { items, links } };
  }

  @Operation(contract.getReservation)
  async get(call: Call<typeof contract.getReservation>): Promise<Answer<typeof contract.getReservation>> {
    const reservation = await this.reservations.find(call.owner, call.param('id'));
    if (reservation === null) throw new Problem('not-found');
    return { status: 200, body: reservationView(reservation, call.origin, call.now) };
  }

  @Operation(contract.deleteReservation)
  async delete(call: Call<typeof contract.deleteReservation>): Promise<Answer<typeof contract.deleteReservation>> {
    const given = await this.reservations.giveBack(call.owner, call.param('id'));
    if (given === null) throw new Problem('not-found');
    if (!given) throw new Problem('reservation-filled');
    return { status: 204 };
  }
}

/** A path of ours, of an absolute URI or a path; anything else is kept, and found to be none. */
function pathOf(uri: string, origin: string): string {
  return (uri.startsWith(`${origin}/`) ? uri.slice(origin.length) : uri).replace(/\/$/, '');
}
