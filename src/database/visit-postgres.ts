import { readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ifMissing } from '../system-error.js';
import {
  DataDirInUse,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  embeddedUrl,
  startEmbeddedPostgres,
} from './embedded-postgres.js';
import { findPostmaster } from './postmaster-file.js';

/** The database of a DATA_DIR for a short errand: that of the Darkroom that runs there, and else one that runs meanwhile. */
export async function visitEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  for (;;) {
    const url = await runningUrl(resolve(options.dataDir));
    if (url !== undefined) return { url, stop: () => Promise.resolve() };
    try {
      return await startEmbeddedPostgres(options);
    } catch (error) {
      // It has come up in this moment.
      if (!(error instanceof DataDirInUse)) throw error;
    }
  }
}

async function runningUrl(dataDir: string): Promise<string | undefined> {
  const cluster = await realpath(join(dataDir, 'postgres')).catch(ifMissing);
  const running = cluster === undefined ? undefined : await findPostmaster(cluster);
  if (running?.status !== 'ready') return undefined;
  return embeddedUrl((await readFile(join(dataDir, 'postgres.password'), 'utf8')).trim(), running.port);
}
