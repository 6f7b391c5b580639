import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type Service } from './service.js';

/** All that a service keeps: its files, and the rows of each table. */
export async function keptBy(service: Service): Promise<object> {
  const entries = await readdir(join(service.dataDir, 'blobs'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return { files: files.sort(), rows: await rowsIn(service.database.url) };
}

async function rowsIn(connectionString: string): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const tables: { name: string }[] = (
      await client.query("select quote_ident(tablename) as name from pg_tables where schemaname = 'public' order by 1")
    ).rows;
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      counts[name] = (await client.query(`select count(*)::int as count from ${name}`)).rows[0].count;
    }
    return counts;
  } finally {
    await client.end();
  }
}
