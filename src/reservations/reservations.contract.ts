import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { row } from '../http/contract.js';
import { formType } from '../http/form-fields.js';
import { PageQuery } from '../http/pagination.js';
import { ReservationListView, ReservationView } from './reservation.view.js';

const tag = 'Reservations';

export class ReservationRequest {
  @ApiPropertyOptional({
    description: 'URI of a collection (/images, /images/tasks) or of a controller resource (/images/tasks/{id}/retry).',
    default: '/images/tasks',
    example: '/images',
  })
  @IsOptional()
  @IsString()
  for?: string;
}

export const createReservation = row({
  id: 'createReservation',
  method: 'POST',
  path: '/reservations',
  tag,
  summary: 'Mint a URI that a PUT fills, once',
  description:
    'A creation that can be repeated: if the answer to the PUT gets lost, PUT the same again. ' +
    'An empty POST to the collection itself does the same.',
  accepts: {
    'application/json': { description: 'What is to be created. Without content: a task.', schema: ReservationRequest },
    [formType]: { description: 'The same, of a form.', schema: ReservationRequest },
  },
  acceptsNothing: true,
  idempotencyKey: true,
  answers: {
    201: {
      description: 'Minted. Location is to be filled by PUT.',
      headers: ['Location', 'Link'],
      body: ReservationView,
    },
  },
  problems: ['not-reservable', 'too-many-reservations', 'unknown-member', 'invalid-member'],
});

export const listReservations = row({
  id: 'listReservations',
  method: 'GET',
  path: '/reservations',
  tag,
  summary: 'List the open reservations, newest first',
  query: PageQuery,
  answers: { 200: { description: 'A page; `next` and `prev` lead on.', headers: ['Link'], body: ReservationListView } },
  conditional: true,
});

export const getReservation = row({
  id: 'getReservation',
  method: 'GET',
  path: '/reservations/{id}',
  tag,
  summary: 'Whether a reservation is empty, filled or expired',
  answers: { 200: { description: 'The reservation.', body: ReservationView } },
  conditional: true,
});

export const deleteReservation = row({
  id: 'deleteReservation',
  method: 'DELETE',
  path: '/reservations/{id}',
  tag,
  summary: 'Give a reservation back',
  answers: { 204: { description: 'Given back: its target is not there any more.' } },
  problems: ['reservation-filled'],
});
