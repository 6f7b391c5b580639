import { type Config } from '../config.js';
import { dataSource } from '../database/data-source.js';
import { migrate } from '../database/migrate.js';
import { visitEmbeddedPostgres } from '../database/visit-postgres.js';
import { type ApiKey, type KeyDetails, stateOf } from './api-key.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { keysErrand, type KeysErrand, KeysUsageError, keysUsage } from './keys-arguments.js';

/** Where the command's words go: a key on `out` alone, so that a script can keep it. */
export interface Voice {
  out: (line: string) => void;
  aside: (line: string) => void;
}

/**
 * `npm run keys`: an operator's way to keys.
 * @throws KeysUsageError where the arguments are wrong, before the database is looked for
 */
export async function keysCommand(args: string[], config: Config, now: Date, voice: Voice): Promise<void> {
  const errand = keysErrand(args, now);
  if (errand.verb === 'help') {
    voice.out(keysUsage);
    return;
  }
  const database =
    config.DATABASE_URL === undefined
      ? await visitEmbeddedPostgres({ dataDir: config.DATA_DIR, log: (line) => voice.aside(line) })
      : { url: config.DATABASE_URL, stop: () => Promise.resolve() };
  try {
    await migrate(database.url);
    const source = await dataSource(database.url, 'darkroom keys').initialize();
    await run(errand, new ApiKeysService(new ApiKeysRepository(source)), now, voice).finally(() => source.destroy());
  } finally {
    await database.stop();
  }
}

async function run(errand: Exclude<KeysErrand, { verb: 'help' }>, keys: ApiKeysService, now: Date, voice: Voice) {
  switch (errand.verb) {
    case 'create':
      return create(keys, errand.details, now, voice);
    case 'list':
      return list(await keys.list(), now, voice);
    case 'revoke':
      return revoke(keys, errand.id, now, voice);
    default:
      return errand satisfies never;
  }
}

async function create(keys: ApiKeysService, details: KeyDetails, now: Date, { out, aside }: Voice): Promise<void> {
  const { key, token } = await keys.make(details, now);
  aside(`Key ${key.id} of ${key.owner}, for ${key.scopes.join(' and ')}. Keep it now: it is not shown again.\n`);
  out(token);
  aside(`\nSend it with each request:  curl -H 'Authorization: Bearer ${token.slice(0, 6)}…' localhost:3000/images`);
  aside('From now on the service answers nobody without a key.');
}

function list(keys: ApiKey[], now: Date, { out }: Voice): void {
  const header = ['ID', 'OWNER', 'SCOPES', 'STATE', 'MADE', 'EXPIRES', 'LAST USED', 'NAME'];
  const table = [header, ...keys.map((key) => cells(key, now))];
  const widths = header.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  for (const row of table)
    out(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

function cells(key: ApiKey, now: Date): string[] {
  const day = (date: Date | null): string => date?.toISOString().slice(0, 10) ?? '-';
  const minute = key.lastUsedAt?.toISOString().slice(0, 16).replace('T', ' ') ?? 'never';
  const { id, owner, scopes, name, createdAt, expiresAt } = key;
  return [id, owner, scopes.join(','), stateOf(key, now), day(createdAt), day(expiresAt), minute, name ?? ''];
}

async function revoke(keys: ApiKeysService, id: string, now: Date, { out, aside }: Voice): Promise<void> {
  const key = await keys.revoke(id, now);
  if (key === null) throw new KeysUsageError(`There is no key ${id}.`);
  out(`Key ${key.id} of ${key.owner} opens nothing any more.`);
  const left = (await keys.list()).some((other) => stateOf(other, now) === 'valid');
  if (!left) aside('It was the last: nobody is let in until you make another.');
}
