import { parseArgs } from 'node:util';
import { type Scope, scopes } from '../http/identity.js';
import { type KeyDetails, keyIdOf, ownerFormat } from './api-key.js';
import { messageOf } from '../system-error.js';

export const keysUsage = `Keys that let callers in.

  npm run keys -- create --owner NAME [--scopes read,write] [--expires 90d] [--name TEXT]
  npm run keys -- list
  npm run keys -- revoke ID

  --owner     whose images and tasks the key sees; "local" has those that were made before there were keys
  --scopes    of read, write and admin, with commas between; read,write where it is not said
  --expires   90d, 12h, or a date such as 2030-01-31; never where it is not said
  --name      for your own memory: what the key is for

The key is printed once, on standard output, and kept as its SHA-256 alone. A running service knows within a second
of keys that are made or revoked. The database is that of DATABASE_URL, or the one in DATA_DIR, whether the service
runs or not.`;

export class KeysUsageError extends Error {
  constructor(fault: string) {
    super(`${fault}\n\n${keysUsage}`);
    this.name = 'KeysUsageError';
  }
}

/** What is to be done. */
export type KeysErrand =
  { verb: 'create'; details: KeyDetails } | { verb: 'list' } | { verb: 'revoke'; id: string } | { verb: 'help' };

/** @throws KeysUsageError which says what is wrong */
export function keysErrand(args: string[], now: Date): KeysErrand {
  const { values, positionals } = parsed(args);
  const [verb, id, ...more] = positionals;
  if (values.help || verb === undefined) return { verb: 'help' };
  if (more.length > 0 || (id !== undefined && verb !== 'revoke')) throw new KeysUsageError('There is a word too many.');
  switch (verb) {
    case 'create':
      return { verb, details: detailsOf(values, now) };
    case 'list':
      return { verb };
    case 'revoke':
      if (id === undefined) throw new KeysUsageError('revoke needs the id of a key: list shows it.');
      return { verb, id: keyIdOf(id) ?? id.replace(/^dk_/, '') };
    default:
      throw new KeysUsageError(`There is no ${verb}.`);
  }
}

function parsed(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { owner: text, scopes: text, expires: text, name: text, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new KeysUsageError(messageOf(error));
  }
}

interface Given {
  owner?: string | undefined;
  scopes?: string | undefined;
  expires?: string | undefined;
  name?: string | undefined;
}

function detailsOf({ owner, scopes = 'read,write', expires, name }: Given, now: Date): KeyDetails {
  if (owner === undefined) throw new KeysUsageError('create needs --owner.');
  if (!ownerFormat.test(owner)) {
    throw new KeysUsageError(
      '--owner takes letters, digits and . _ @ + -, 100 at most, and begins with a letter or digit.',
    );
  }
  return {
    owner,
    scopes: scopesOf(scopes),
    name: name ?? null,
    expiresAt: expires === undefined ? null : expiryOf(expires, now),
  };
}

function scopesOf(text: string): Scope[] {
  const named = text.split(',').map((name) => name.trim());
  const known = scopes.filter((scope) => named.includes(scope));
  if (known.length !== new Set(named).size) throw new KeysUsageError('--scopes takes read, write and admin.');
  return known;
}

const unitMs: Record<string, number> = { h: 3_600_000, d: 86_400_000 };

/** @throws KeysUsageError unless it is a time to come */
function expiryOf(text: string, now: Date): Date {
  const [, count, unit = ''] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const isDate = /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text);
  const at = count === undefined ? Date.parse(isDate ? text : '') : now.getTime() + Number(count) * (unitMs[unit] ?? 0);
  if (!(at > now.getTime()))
    throw new KeysUsageError('--expires takes a time to come, such as 90d, 12h or 2030-01-31.');
  return new Date(at);
}
