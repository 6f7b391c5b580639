import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Delivery, type DeliveryCause, type DeliveryState } from './alert.js';

@Entity('deliveries')
export class DeliveryEntity implements Delivery {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'alert_id' }) alertId: string;
  @Column('integer') number: number;
  @Column('text') cause: DeliveryCause;
  @Column('text') state: DeliveryState;
  @Column('timestamptz', { name: 'scheduled_at' }) scheduledAt: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt: Date | null;
  @Column('timestamptz', { name: 'completed_at', nullable: true }) completedAt: Date | null;
  @Column('smallint', { nullable: true }) status: number | null;
  @Column('text', { nullable: true }) failure: string | null;
  @Column('integer', { name: 'duration_ms', nullable: true }) durationMs: number | null;
}
