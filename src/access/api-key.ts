import { hash, timingSafeEqual } from 'node:crypto';
import { type Scope } from '../http/identity.js';

/** A key as it is kept: who holds it, and what it opens. The key itself is known to its holder alone. */
export interface ApiKey {
  id: string;
  /** SHA-256 of the whole token. A secret of 256 random bits needs no slow hash: there is nothing to guess. */
  digest: Buffer;
  owner: string;
  scopes: Scope[];
  /** What the key is for, in its maker's words. */
  name: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** To the minute. */
  lastUsedAt: Date | null;
}

/** What its maker says of a key. */
export type KeyDetails = Pick<ApiKey, 'owner' | 'scopes' | 'name' | 'expiresAt'>;

const [idBytes, secretBytes] = [8, 32] as const;

/** `dk_{id}_{secret}`: a secret that is found somewhere says whose it is to be looked up as, and can be searched for. */
const format = /^dk_([0-9a-f]{16})_[0-9a-f]{64}$/;

/** Owners of keys have no colon and no slash: those of an issuer's tokens do. */
export const ownerFormat = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/;

/**
 * @param random so many random bytes, of a cryptographic source
 * @returns the key, and the token that is told once
 */
export function newKey(
  details: KeyDetails,
  now: Date,
  random: (bytes: number) => Buffer,
): { key: ApiKey; token: string } {
  const id = random(idBytes).toString('hex');
  const token = `dk_${id}_${random(secretBytes).toString('hex')}`;
  return { key: { ...details, id, digest: digestOf(token), createdAt: now, revokedAt: null, lastUsedAt: null }, token };
}

export function looksLikeKey(token: string): boolean {
  return token.startsWith('dk_');
}

/** The id in a token of ours; undefined where it has another form. */
export function keyIdOf(token: string): string | undefined {
  return format.exec(token)?.[1];
}

/** What a token is, told in a time that does not depend on how much of it is right. */
export type Standing = 'valid' | 'unknown' | 'revoked' | 'expired';

/** @param key the one that has the token's id; null where there is none */
export function standingOf(key: ApiKey | null, token: string, now: Date): Standing {
  const matches = timingSafeEqual(digestOf(token), key?.digest ?? nobodys);
  if (key === null || !matches) return 'unknown';
  return stateOf(key, now);
}

export function stateOf({ revokedAt, expiresAt }: ApiKey, now: Date): 'valid' | 'revoked' | 'expired' {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'valid';
}

/** Compared with where no key has the id, so that this takes as long. */
const nobodys = Buffer.alloc(32);

const digestOf = (token: string): Buffer => hash('sha256', token, 'buffer');
