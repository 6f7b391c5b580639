import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type ImageQuery, type StoredQuery } from './query.js';

@Entity('queries')
export class QueryEntity implements StoredQuery {
  @PrimaryColumn('uuid') id: string;
  @Column('text') owner: string;
  @Column('json') query: ImageQuery;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
}
