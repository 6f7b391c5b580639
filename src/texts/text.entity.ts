import { Column, Entity, PrimaryColumn } from 'typeorm';
import { asNumber } from '../database/bigint-column.js';
import { type Recognition } from '../processing/ocr/recognition.js';
import { type Findings } from '../processing/pixel-work.js';
import { type Text } from './text.js';

@Entity('texts')
export class TextEntity implements Text {
  @PrimaryColumn('uuid') id: string;
  @Column('text') owner: string;
  @Column('uuid', { name: 'task_id' }) taskId: string;
  @Column('text', { name: 'image_digest', nullable: true }) imageDigest: string | null;
  @Column('json') recognition: Recognition;
  @Column('text') digest: string;
  @Column('bigint', { transformer: asNumber }) bytes: number;
  @Column('jsonb') findings: Findings;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
}
