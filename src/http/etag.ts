import { hash } from 'node:crypto';

/** A strong entity tag of the very bytes of a representation: it changes when one of them does (RFC 9110 8.8.1). */
export function etagOf(bytes: string | Buffer): string {
  return `"${hash('sha256', bytes, 'base64url').slice(0, 27)}"`;
}

/** The tag of stored content is its digest, known since it was stored; never computed at a request. */
export function etagOfDigest(digest: string): string {
  return `"sha256-${digest}"`;
}
