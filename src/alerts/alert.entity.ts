import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Alert, type AlertFailure, type AlertState } from './alert.js';

@Entity('alerts')
export class AlertEntity implements Alert {
  @PrimaryColumn('uuid') id: string;
  @Column('text') owner: string;
  @Column('uuid', { name: 'task_id' }) taskId: string;
  @Column('integer') round: number;
  @Column('text') type: string;
  @Column('text') url: string;
  @Column('text', { nullable: true }) secret: string | null;
  @Column('text', { name: 'media_type' }) mediaType: string;
  @Column('text') body: string;
  @Column('text') state: AlertState;
  @Column('text', { nullable: true }) failure: AlertFailure | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'completed_at', nullable: true }) completedAt: Date | null;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
}
