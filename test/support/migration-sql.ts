import { readdir, readFile } from 'node:fs/promises';

const folder = new URL('../../../migrations/', import.meta.url);

/** The SQL of a migration, by what it is called: its number may change. */
export async function migrationSql(name: string, direction: 'up' | 'down'): Promise<string> {
  const file = (await readdir(folder)).find((each) => each.endsWith(`_${name}.${direction}.sql`));
  if (file === undefined) throw new Error(`there is no migration ${name}`);
  return readFile(new URL(file, folder), 'utf8');
}
