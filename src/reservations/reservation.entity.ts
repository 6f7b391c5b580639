import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Reservation } from './reservation.js';

@Entity('reservations')
export class ReservationEntity implements Reservation {
  @PrimaryColumn('uuid') id: string;
  @Column('text') owner: string;
  @Column('text') for: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @Column('timestamptz', { name: 'filled_at', nullable: true }) filledAt: Date | null;
  @Column('text', { nullable: true }) fingerprint: string | null;
}
