import { type Request } from 'express';
import { notesOf } from './notes.js';

/** What a caller may do: `read` is for safe methods, `write` for the others, `admin` for what concerns the whole service. */
export const scopes = ['read', 'write', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Who calls: whose resources it sees, and what it may do with them. */
export interface Identity {
  owner: string;
  scopes: readonly Scope[];
}

/** Whoever calls a service without authentication: it listens on a loopback address only. */
export const local: Identity = { owner: 'local', scopes };

/** From now on the request is that caller's. */
export function identify(request: Request, identity: Identity): void {
  notesOf(request).identity = identity;
}

/** undefined where nobody has asked who calls: the row is open, or the request was refused before. */
export function callerOf(request: Request): Identity | undefined {
  return notesOf(request).identity;
}

/** @throws Error where nobody has asked who calls: nothing is anybody's by default */
export function identityOf(request: Request): Identity {
  const { identity } = notesOf(request);
  if (identity === undefined) throw new Error('the request has no caller: its row is open, or was not admitted');
  return identity;
}
