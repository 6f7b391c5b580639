import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type Scope } from '../http/identity.js';
import { type ApiKey } from './api-key.js';

@Entity('api_keys')
export class ApiKeyEntity implements ApiKey {
  @PrimaryColumn('text') id: string;
  @Column('bytea') digest: Buffer;
  @Column('text') owner: string;
  @Column('text', { array: true }) scopes: Scope[];
  @Column('text', { nullable: true }) name: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt: Date | null;
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt: Date | null;
  @Column('timestamptz', { name: 'last_used_at', nullable: true }) lastUsedAt: Date | null;
}
