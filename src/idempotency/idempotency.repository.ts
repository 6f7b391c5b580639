import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Whose key it is, and for what: the same key elsewhere is another. */
export interface Scope {
  owner: string;
  method: string;
  path: string;
  key: string;
}

export interface StoredAnswer<A> {
  fingerprint: string;
  answer: A;
}

/** All SQL on idempotency keys. */
@Injectable()
export class IdempotencyRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.source.transaction(work);
  }

  /** false where another request with this key has not committed yet. Held until the end of the transaction. */
  async tryLock(tx: EntityManager, { owner, method, path, key }: Scope): Promise<boolean> {
    const [lock]: { taken: boolean }[] = await tx.query(
      'select pg_try_advisory_xact_lock(hashtextextended($1, 1)) as taken',
      [JSON.stringify([owner, method, path, key])],
    );
    return lock?.taken ?? false;
  }

  async find<A>(tx: EntityManager, { owner, method, path, key }: Scope, now: Date): Promise<StoredAnswer<A> | null> {
    const [stored]: StoredAnswer<A>[] = await tx.query(
      `select fingerprint, answer from idempotency_keys
       where owner = $1 and method = $2 and path = $3 and key = $4 and expires_at > $5`,
      [owner, method, path, key, now],
    );
    return stored ?? null;
  }

  /** Takes the place of an answer whose time was over. */
  async store(
    tx: EntityManager,
    scope: Scope,
    stored: StoredAnswer<unknown>,
    status: number,
    expiresAt: Date,
  ): Promise<void> {
    await tx.query(
      `insert into idempotency_keys (owner, method, path, key, fingerprint, status, answer, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (owner, path, method, key) do update
       set fingerprint = excluded.fingerprint, status = excluded.status, answer = excluded.answer,
           created_at = now(), expires_at = excluded.expires_at`,
      [
        scope.owner,
        scope.method,
        scope.path,
        scope.key,
        stored.fingerprint,
        status,
        JSON.stringify(stored.answer),
        expiresAt,
      ],
    );
  }

  /** @returns how many were deleted */
  async sweep(now: Date, limit: number): Promise<number> {
    const [swept]: { count: number }[] = await this.source.query(
      `with doomed as (
         select ctid from idempotency_keys where expires_at < $1 order by expires_at limit $2 for update skip locked
       ), swept as (
         delete from idempotency_keys where ctid = any(array(select ctid from doomed)) returning 1
       ) select count(*)::int as count from swept`,
      [now, limit],
    );
    return swept?.count ?? 0;
  }
}
