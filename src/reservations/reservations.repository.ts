import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull } from 'typeorm';
import { newestFirst } from '../database/keyset.js';
import { type Keyset } from '../page.js';
import { type Reservation } from './reservation.js';
import { ReservationEntity } from './reservation.entity.js';

export type NewReservation = Pick<Reservation, 'id' | 'owner' | 'for' | 'createdAt' | 'expiresAt'>;

/** All SQL on reservations. */
@Injectable()
export class ReservationsRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /** false where the owner has `max` open ones already. One statement; those that are minted at once may pass together. */
  async insert(reservation: NewReservation, max: number, tx: EntityManager = this.source.manager): Promise<boolean> {
    const { id, owner, createdAt, expiresAt } = reservation;
    const inserted: unknown = await tx.query(
      `insert into reservations (id, owner, "for", created_at, expires_at)
       select $1, $2, $3, $4, $5
       where (select count(*) from (
         select from reservations where owner = $2 and filled_at is null and expires_at > $4 limit $6) as open) < $6
       returning id`,
      [id, owner, reservation.for, createdAt, expiresAt, max],
    );
    return Array.isArray(inserted) && inserted.length === 1;
  }

  find(owner: string, id: string): Promise<Reservation | null> {
    return this.reservations().findOneBy({ owner, id });
  }

  /** Whoever holds the row decides: a PUT that fills it, or the sweep. */
  lock(tx: EntityManager, owner: string, id: string, of: string): Promise<Reservation | null> {
    return this.reservations(tx).findOne({ where: { owner, id, for: of }, lock: { mode: 'pessimistic_write' } });
  }

  async fill(tx: EntityManager, id: string, fingerprint: string, now: Date): Promise<void> {
    await this.reservations(tx).update({ id, filledAt: IsNull() }, { filledAt: now, fingerprint });
  }

  listOpen(owner: string, now: Date, keyset: Keyset): Promise<Reservation[]> {
    const query = this.reservations()
      .createQueryBuilder('reservation')
      .where('reservation.owner = :owner and reservation.filledAt is null and reservation.expiresAt > :now', {
        owner,
        now,
      });
    return newestFirst(query, keyset).getMany();
  }

  /** null where there is none; false where it is filled and stays. */
  async deleteEmpty(owner: string, id: string): Promise<boolean | null> {
    const { affected } = await this.reservations().delete({ owner, id, filledAt: IsNull() });
    if (affected === 1) return true;
    return (await this.find(owner, id)) === null ? null : false;
  }

  /**
   * Deletes up to `limit` reservations that expired unfilled. Rows that a PUT holds are passed over.
   * @returns how many
   */
  async sweepExpired(now: Date, limit: number): Promise<number> {
    return this.sweep('expires_at < $1 and filled_at is null', 'expires_at', now, limit);
  }

  /** The same for those that were filled before `before`: what they were filled with is past its retention too. */
  async sweepFilled(before: Date, limit: number): Promise<number> {
    return this.sweep('filled_at < $1 and filled_at is not null', 'filled_at', before, limit);
  }

  private async sweep(condition: string, order: string, date: Date, limit: number): Promise<number> {
    const [swept]: { count: number }[] = await this.source.query(sweepSql(condition, order), [date, limit]);
    return swept?.count ?? 0;
  }

  private reservations(tx: EntityManager = this.source.manager) {
    return tx.getRepository(ReservationEntity);
  }
}

/** Also read by the test that looks at its plan. */
export function sweepSql(condition: string, order: string): string {
  return `with doomed as (
      select id from reservations where ${condition} order by ${order} limit $2 for update skip locked
    ), swept as (
      delete from reservations where id = any(array(select id from doomed)) returning 1
    ) select count(*)::int as count from swept`;
}
