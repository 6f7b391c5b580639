import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Config } from '../config.js';
import { Clock } from '../database/clock.js';
import { type Keyset, type Page, pageOf } from '../page.js';
import { type Reservation, type Slot, stateOf } from './reservation.js';
import { ReservationsRepository } from './reservations.repository.js';

@Injectable()
export class ReservationsService {
  constructor(
    private readonly reservations: ReservationsRepository,
    @Inject(Config) private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Mints a URI below `path`. null where the owner has too many open ones. */
  async mint(owner: string, path: string, tx?: EntityManager): Promise<Reservation | null> {
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + this.config.RESERVATION_TTL * 1000);
    const minted = { id: randomUUIDv7(), owner, for: path, createdAt, expiresAt };
    if (!(await this.reservations.insert(minted, this.config.RESERVATIONS_MAX, tx))) return null;
    return { ...minted, filledAt: null, fingerprint: null };
  }

  /** The reservation of an URI that can be filled now; null for anything else. */
  async findEmpty(owner: string, path: string, id: string): Promise<Reservation | null> {
    const reservation = await this.reservations.find(owner, id);
    return reservation?.for === path && stateOf(reservation, this.clock.now()) === 'empty' ? reservation : null;
  }

  /** The same by the whole path of the URI. */
  async isEmptySlot(owner: string, path: string): Promise<boolean> {
    const [, parent, id] = /^(.+)\/([0-9a-f-]{36})\/?$/i.exec(path) ?? [];
    return parent !== undefined && id !== undefined && (await this.findEmpty(owner, parent, id)) !== null;
  }

  find(owner: string, id: string): Promise<Reservation | null> {
    return this.reservations.find(owner, id);
  }

  async listOpen(owner: string, keyset: Keyset): Promise<Page<Reservation>> {
    return pageOf(await this.reservations.listOpen(owner, this.clock.now(), keyset), keyset);
  }

  /** Gives a reservation back. false: it is filled. null: there is none. */
  giveBack(owner: string, id: string): Promise<boolean | null> {
    return this.reservations.deleteEmpty(owner, id);
  }

  /**
   * Takes the slot for the rest of the transaction: the row's lock decides between simultaneous PUTs, and between a PUT
   * and the sweep.
   */
  async take(tx: EntityManager, owner: string, path: string, id: string, fingerprint: string): Promise<Slot> {
    const reservation = await this.reservations.lock(tx, owner, id, path);
    if (reservation === null) return { state: 'none' };
    switch (stateOf(reservation, this.clock.now())) {
      case 'empty':
        return { state: 'empty' };
      case 'filled':
        return { state: 'filled', same: reservation.fingerprint === fingerprint };
      default:
        return { state: 'none' };
    }
  }

  fill(tx: EntityManager, id: string, fingerprint: string): Promise<void> {
    return this.reservations.fill(tx, id, fingerprint, this.clock.now());
  }

  /** Takes away up to `limit` that expired unfilled. @returns how many */
  sweepExpired(now: Date, limit: number): Promise<number> {
    return this.reservations.sweepExpired(now, limit);
  }

  /** The same for records of those that were filled long ago. */
  sweepFilled(before: Date, limit: number): Promise<number> {
    return this.reservations.sweepFilled(before, limit);
  }
}
