import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, MoreThan, type SelectQueryBuilder } from 'typeorm';
import { newestFirst } from '../database/keyset.js';
import { type Image } from '../images/image.js';
import { ImageEntity } from '../images/image.entity.js';
import { type Keyset } from '../page.js';
import { narrow } from './conditions.js';
import { type ImageQuery, type StoredQuery } from './query.js';
import { QueryEntity } from './query.entity.js';

export type NewQuery = Pick<StoredQuery, 'id' | 'owner' | 'query' | 'expiresAt'> & { digest: string };

/** query_canceled: what PostgreSQL says when statement_timeout is over. */
const canceled = '57014';

/** All SQL on queries: those that are kept, and which images they find. */
@Injectable()
export class QueriesRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  find(owner: string, id: string, now: Date): Promise<StoredQuery | null> {
    return this.source.getRepository(QueryEntity).findOneBy({ owner, id, expiresAt: MoreThan(now) });
  }

  /**
   * Keeps a query, or for longer the one that is kept already: a repetition writes only where less than half of its time is left.
   * @returns its id; null where the owner has `max` others, among them those whose time is over and that nobody has swept yet
   */
  async keep({ id, owner, digest, query, expiresAt }: NewQuery, freshUntil: Date, max: number): Promise<string | null> {
    const [kept]: { id: string }[] = await this.source.query(
      `with known as (
         select id, expires_at from queries where owner = $2 and digest = $3
       ), made as (
         insert into queries (id, owner, digest, query, expires_at)
         select $1, $2, $3, $4, $5
         where not exists (select from known where expires_at > $6)
           and (exists (select from known)
                or (select count(*) from (select from queries where owner = $2 limit $7) as others) < $7)
         on conflict (owner, digest) do update set expires_at = excluded.expires_at
         returning id
       ) select id from made union all select id from known where expires_at > $6`,
      [id, owner, digest, JSON.stringify(query), expiresAt, freshUntil, max],
    );
    return kept?.id ?? null;
  }

  /** One row more than the page holds. null where it takes longer than `timeoutMs`. */
  images(owner: string, query: ImageQuery, keyset: Keyset, timeoutMs: number): Promise<Image[] | null> {
    return this.withinTime(timeoutMs, (tx) => this.selection(owner, query, keyset, tx).getMany());
  }

  /** Of the images with these bytes, up to `max` texts each that were read from them and match: by digest, newest first. */
  async texts(owner: string, text: string, digests: string[], max: number): Promise<Map<string, string[]>> {
    const rows: { digest: string; id: string }[] = await this.source.query(
      `select wanted.digest, found.id
       from (select distinct unnest($2::text[]) as digest) as wanted
       cross join lateral (
         select id from texts
         where owner = $1 and image_digest = wanted.digest and words @@ websearch_to_tsquery('simple', plain_words($3))
         order by id desc limit $4
       ) as found
       order by found.id desc`,
      [owner, digests, text, max],
    );
    const byDigest = Map.groupBy(rows, ({ digest }) => digest);
    return new Map([...byDigest].map(([digest, texts]) => [digest, texts.map(({ id }) => id)]));
  }

  selection(
    owner: string,
    query: ImageQuery,
    keyset: Keyset,
    tx: EntityManager = this.source.manager,
  ): SelectQueryBuilder<ImageEntity> {
    const selection = tx.createQueryBuilder(ImageEntity, 'image').where('image.owner = :owner', { owner });
    return newestFirst(narrow(selection, query), keyset);
  }

  /** Deletes up to `limit` queries whose time is over. @returns how many */
  async sweep(now: Date, limit: number): Promise<number> {
    const [swept]: { count: number }[] = await this.source.query(
      `with doomed as (
         select id from queries where expires_at < $1 order by expires_at limit $2 for update skip locked
       ), swept as (
         delete from queries where id = any(array(select id from doomed)) returning id
       ) select count(*)::int as count from swept`,
      [now, limit],
    );
    return swept?.count ?? 0;
  }

  private async withinTime<T>(timeoutMs: number, work: (tx: EntityManager) => Promise<T>): Promise<T | null> {
    try {
      return await this.source.transaction(async (tx) => {
        // To compile a statement takes longer than most of these.
        await tx.query(`select set_config('statement_timeout', $1, true), set_config('jit', 'off', true)`, [
          String(timeoutMs),
        ]);
        return work(tx);
      });
    } catch (error) {
      if (error instanceof Error && Reflect.get(error, 'code') === canceled) return null;
      throw error;
    }
  }
}
