import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The user that PostgreSQL runs as; undefined means as the user that we are. */
export type ServerUser = { uid: number; gid: number } | undefined;

const rootUid = 0;

/**
 * PostgreSQL refuses to run as root, so root lends it another user: the one that the data already belong to, else
 * `postgres`, else `nobody`. None is created, for this is somebody's machine. initdb looks its user up in the list of
 * users, so an owner that is not listed (a number given to a container) won't do for a new database.
 */
export async function chooseServerUser(dataDir: string, cluster: string): Promise<ServerUser> {
  const owner = await ownerOf(cluster);
  const self = process.getuid?.();
  if (self !== rootUid) {
    if (owner !== undefined && self !== undefined && owner.uid !== self) {
      throw new Error(
        `The database in ${cluster} belongs to user ${owner.uid}, and this is user ${self}: run Darkroom as that user or as root, or set DATA_DIR to another folder.`,
      );
    }
    return undefined;
  }
  if (owner !== undefined && owner.uid !== rootUid) return owner;

  const users = await listedUsers();
  const neighbour = await ownerOf(dataDir);
  const chosen =
    users.find(({ uid }) => uid !== rootUid && uid === neighbour?.uid) ??
    users.find(({ name }) => name === 'postgres') ??
    users.find(({ name }) => name === 'nobody');
  if (chosen === undefined) {
    throw new Error(
      'PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to lend it: run Darkroom as an ordinary user, or set DATABASE_URL to a server of your own.',
    );
  }
  return { uid: chosen.uid, gid: chosen.gid };
}

/** Runs a program to its end as that user, from a folder and with an environment that hold nothing of ours. */
export function runAs(user: ServerUser, command: string, args: string[]): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { ...user, cwd: '/', env: serverEnvironment() }, (error, stdout, stderr) => {
      resolve({ ok: error === null, output: `${stdout}${stderr}`.trim() || (error?.message ?? '') });
    });
  });
}

/** No PGPORT or PGTZ of the shell, none of our secrets, and messages in the language in which we look for them. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'], LC_ALL: 'C' };
}

/**
 * Makes a folder that is that user's alone, and tells whether they can really get there. Tried, not computed: modes of
 * all the folders above, ACLs, mounts that forbid chown and security modules all have a say.
 */
export async function makeFolderFor(user: ServerUser, folder: string): Promise<boolean> {
  await mkdir(folder, { mode: 0o700 });
  if (user === undefined) return true;
  try {
    await chown(folder, user.uid, user.gid);
  } catch {
    return false;
  }
  return (await runAs(user, 'sh', ['-c', 'cd "$0" && : > probe && rm probe', folder])).ok;
}

/** A folder of ours that other users may enter, or undefined where that can't be had. */
export async function makePublicFolder(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder, { recursive: true });
    const { uid, mode } = await stat(folder);
    // In a temporary directory anyone may have made it first, to have us run what lies in it.
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return undefined;
    await chmod(folder, 0o755);
    return folder;
  } catch {
    return undefined;
  }
}

async function ownerOf(path: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch {
    return undefined;
  }
}

async function listedUsers(): Promise<{ name: string; uid: number; gid: number }[]> {
  const lines = (await readFile(join('/etc', 'passwd'), 'utf8').catch(() => '')).split('\n');
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name !== undefined && uid !== undefined && gid !== undefined
      ? [{ name, uid: Number(uid), gid: Number(gid) }]
      : [];
  });
}
