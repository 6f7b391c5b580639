import { randomBytes } from 'node:crypto';
import { chmod, chown, lchown, lstat, mkdir, open, readdir, realpath } from 'node:fs/promises';
import { rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Binaries, binariesFor, findBinaries, program, reachableFolders } from './postgres-binaries.js';
import { makeSecret, readSecret } from '../secret-file.js';
import { hasCode } from '../system-error.js';
import { chooseServerUser, makeFolderFor, runAs, type ServerUser } from './postgres-user.js';

/** A database cluster on disk, and all that is needed to run a server on it. */
export interface Cluster {
  dataDir: string;
  /** Where it really lies: DATA_DIR/postgres, or what that points to. */
  directory: string;
  password: string;
  user: ServerUser;
  binaries: Binaries;
  /** False for tests: quick, and lost with the machine's power. */
  durable: boolean;
}

/** The role that initdb makes; the only one there is. */
export const role = 'darkroom';

const abandonedAfterMs = 10 * 60_000;

/** The cluster in DATA_DIR, made now if there is none. Several may do this at once: the first one's cluster stays. */
export async function openCluster(dataDir: string, durable: boolean): Promise<Cluster> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'postgres');
  const user = await chooseServerUser(dataDir, path);
  const binaries = await binariesFor(user, await findBinaries());
  const isNew = !(await exists(path));
  const password = await readPassword(join(dataDir, 'postgres.password'), isNew);
  if (isNew) await createCluster({ dataDir, directory: path, password, user, binaries, durable });

  const directory = await realpath(path).catch(() => {
    throw new Error(
      `${path} points to a database that is not there any more. Put it back, or remove ${path} to start with an empty one.`,
    );
  });
  await giveBack(directory, user);
  return { dataDir, directory, password, user, binaries, durable };
}

/**
 * Beside its place and then moved there in one step: killed half-way, the next start finds no cluster rather than half
 * of one. Where the server's user can't enter DATA_DIR the cluster lies elsewhere, under a name of chance (whoever
 * removes DATA_DIR means to start afresh), and a link in DATA_DIR leads to it.
 */
async function createCluster(cluster: Cluster): Promise<void> {
  const name = randomBytes(8).toString('hex');
  for await (const folder of foldersToTry(cluster)) {
    await removeAbandoned(folder);
    const workshop = join(folder, `${name}.new`);
    try {
      if (!(await makeFolderFor(cluster.user, workshop))) continue;
      const made = join(workshop, 'cluster');
      await initdb(cluster, made, join(workshop, 'password'));
      if (folder === cluster.dataDir) {
        await firstWins(rename(made, cluster.directory));
        return;
      }
      const elsewhere = join(folder, name);
      await writeFile(join(made, 'belongs-to'), `${cluster.dataDir}\n`);
      await rename(made, elsewhere);
      if (!(await firstWins(symlink(elsewhere, cluster.directory)))) await rm(elsewhere, { recursive: true });
      return;
    } finally {
      await rm(workshop, { recursive: true, force: true });
      if (cluster.durable) await flushFolder(folder);
    }
  }
  throw new Error(
    `The user that PostgreSQL is to run as (${cluster.user?.uid}) can't enter ${cluster.dataDir}: set DATA_DIR to a folder that it can enter, or DATABASE_URL to a server of your own.`,
  );
}

async function* foldersToTry({ dataDir, user }: Cluster): AsyncGenerator<string> {
  yield dataDir;
  if (user !== undefined) yield* reachableFolders(user);
}

/**
 * The collation is PostgreSQL's own, not the machine's: it needs no locale installed, and no update of the C library
 * can change the order in which indexes were built.
 */
async function initdb(cluster: Cluster, directory: string, passwordFile: string): Promise<void> {
  await mkdir(directory, { mode: 0o700 });
  await writeFile(passwordFile, cluster.password, { mode: 0o600 });
  if (cluster.user !== undefined) {
    for (const path of [directory, passwordFile]) await chown(path, cluster.user.uid, cluster.user.gid);
  }
  const { ok, output } = await runAs(cluster.user, program(cluster.binaries, 'initdb'), [
    `--pgdata=${directory}`,
    `--username=${role}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(cluster.durable ? [] : ['--no-sync']),
  ]);
  if (!ok)
    throw new Error(`The database could not be created in ${cluster.dataDir}:
${output}`);
}

/** Whoever links it into place first has chosen the password; only then is it used, so all who start agree on it. */
async function readPassword(file: string, mayCreate: boolean): Promise<string> {
  if (mayCreate && !(await exists(file))) await makeSecret(file, 24);
  try {
    return await readSecret(file);
  } catch (cause) {
    throw new Error(
      `The password of the database in ${dirname(file)} can't be read: put ${file} back, or make it readable.`,
      {
        cause,
      },
    );
  }
}

/** Root copied or restored it: PostgreSQL wants it to belong to its own user, and to be closed to others. */
async function giveBack(directory: string, user: ServerUser): Promise<void> {
  if (user === undefined || (await stat(directory)).uid === user.uid) return;
  await chmod(directory, 0o700);
  for (const name of await readdir(directory, { recursive: true })) {
    await lchown(join(directory, name), user.uid, user.gid);
  }
  // Last, for it is by this that the next start tells whether the work was finished.
  await chown(directory, user.uid, user.gid);
}

/** What starts that were killed half-way left behind; not what one at this moment is making. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{16}\.new$/.test(name)) continue;
    const path = join(folder, name);
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > abandonedAfterMs) await rm(path, { recursive: true, force: true });
  }
}

/** False where another was first. */
async function firstWins(step: Promise<void>): Promise<boolean> {
  try {
    await step;
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST', 'ENOTEMPTY', 'ENOTDIR')) return false;
    throw error;
  }
}

/** A rename is on disk once its folder is: a cluster that a power cut takes away would take all commits with it. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}

/** A link that leads nowhere exists as well. */
function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
