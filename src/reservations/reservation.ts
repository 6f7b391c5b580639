/** A URI that was minted and is to be filled by a PUT, once (RESTalk: POST-PUT creation). */
export interface Reservation {
  /** UUIDv7: the last segment of the minted URI, and of the reservation's own. */
  id: string;
  owner: string;
  /** Path of the collection or controller that the URI lies under, such as /images. */
  for: string;
  createdAt: Date;
  expiresAt: Date;
  filledAt: Date | null;
  /** What it was filled with. */
  fingerprint: string | null;
}

export type ReservationState = 'empty' | 'filled' | 'expired';

export function stateOf({ filledAt, expiresAt }: Reservation, now: Date): ReservationState {
  if (filledAt !== null) return 'filled';
  return expiresAt > now ? 'empty' : 'expired';
}

/** What a PUT to a minted URI meets, under the row's lock. */
export type Slot =
  /** It is the PUT's to fill. */
  | { state: 'empty' }
  /** Filled before: with the same content, or with other. */
  | { state: 'filled'; same: boolean }
  /** Never minted, given back, or its time was over. */
  | { state: 'none' };
