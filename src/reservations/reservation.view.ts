import { ApiProperty } from '@nestjs/swagger';
import { type Reservation, type ReservationState, stateOf } from './reservation.js';
import { reservationListPage, reservationPage } from './reservation.page.js';

export class ReservationView {
  static readonly element = 'reservation';
  static readonly toHtml = reservationPage;

  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: ['empty', 'filled', 'expired'] }) state: ReservationState;
  @ApiProperty({ format: 'uri', description: 'The collection or controller that the target lies under.' }) for: string;
  @ApiProperty({ format: 'uri', description: 'PUT here, once.' }) target: string;
  @ApiProperty({ format: 'date-time', description: 'Until then the target waits to be filled.' }) expires: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', format: 'uri' } }) links: Record<
    string,
    string
  >;
}

export class ReservationListView {
  static readonly element = 'reservations';
  static readonly toHtml = reservationListPage;

  @ApiProperty({ type: [ReservationView] }) items: ReservationView[];
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', format: 'uri' } }) links: Record<
    string,
    string
  >;
}

export function reservationView(reservation: Reservation, origin: string, now: Date): ReservationView {
  const target = targetUri(reservation, origin);
  return {
    id: reservation.id,
    state: stateOf(reservation, now),
    for: origin + reservation.for,
    target,
    expires: reservation.expiresAt.toISOString(),
    links: { self: reservationUri(reservation, origin), target },
  };
}

export function targetUri(reservation: Reservation, origin: string): string {
  return `${origin}${reservation.for}/${reservation.id}`;
}

function reservationUri({ id }: Reservation, origin: string): string {
  return `${origin}/reservations/${id}`;
}

/** What every empty POST answers with. */
export function reservedHeaders(reservation: Reservation, origin: string): { Location: string; Link: string } {
  return {
    Location: targetUri(reservation, origin),
    Link: `<${reservationUri(reservation, origin)}>; rel="status"`,
  };
}
