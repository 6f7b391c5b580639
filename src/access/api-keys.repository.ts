import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ApiKey } from './api-key.js';
import { ApiKeyEntity } from './api-key.entity.js';

/** All SQL on keys. */
@Injectable()
export class ApiKeysRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  find(id: string): Promise<ApiKey | null> {
    return this.source.getRepository(ApiKeyEntity).findOneBy({ id });
  }

  /** Oldest first, those that were revoked or have expired among them. */
  list(): Promise<ApiKey[]> {
    return this.source.getRepository(ApiKeyEntity).find({ order: { createdAt: 'ASC', id: 'ASC' } });
  }

  /** Whether there is a key, or ever was one. */
  async any(): Promise<boolean> {
    const [found]: { any: boolean }[] = await this.source.query('select exists (select from api_keys) as any');
    return found?.any ?? false;
  }

  async insert(key: ApiKey): Promise<void> {
    await this.source.getRepository(ApiKeyEntity).insert(key);
  }

  /** A key that was revoked before stays as it was. */
  async revoke(id: string, now: Date): Promise<void> {
    await this.source.query('update api_keys set revoked_at = $2 where id = $1 and revoked_at is null', [id, now]);
  }

  /** @param unlessSince another process has noted a use since then */
  async noteUse(id: string, now: Date, unlessSince: Date): Promise<void> {
    await this.source.query(
      'update api_keys set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $3)',
      [id, now, unlessSince],
    );
  }
}
