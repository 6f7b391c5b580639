import { Column, Entity, PrimaryColumn } from 'typeorm';
import { asNumber } from '../database/bigint-column.js';
import { type Findings } from '../processing/pixel-work.js';
import { type Image } from './image.js';

/** 64 bits, in hexadecimal digits; PostgreSQL's bigint has a sign. */
const asHash = {
  to: (hash?: string | null): string | null | undefined => hash && BigInt.asIntN(64, BigInt(`0x${hash}`)).toString(),
  from: (value: string | null): string | null =>
    value === null ? null : BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0'),
};

@Entity('images')
export class ImageEntity implements Image {
  @PrimaryColumn('uuid') id: string;
  @Column('text') owner: string;
  @Column('text', { nullable: true }) name: string | null;
  @Column('jsonb') labels: Record<string, string>;
  @Column('text') digest: string;
  @Column('bigint', { transformer: asNumber }) bytes: number;
  @Column('text', { name: 'media_type' }) mediaType: string;
  @Column('integer') width: number;
  @Column('integer') height: number;
  @Column('integer') pages: number;
  @Column('bigint', { nullable: true, transformer: asHash }) hash: string | null;
  @Column('uuid', { name: 'task_id', nullable: true }) taskId: string | null;
  @Column('jsonb', { nullable: true }) findings: Findings | null;
  @Column('integer') version: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt: Date;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt: Date | null;
}
