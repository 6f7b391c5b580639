import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { connect, DataDirInUse, lockHolder, processIn, tryLock } from './data-dir-lock.js';
import { type Cluster, role } from './postgres-cluster.js';
import { findPostmaster, isAlive, type Postmaster } from './postmaster-file.js';

const patienceMs = 60_000;
/** Between the start of a server and the lock on it lies a moment in which it looks as if nobody owned it. */
const graceMs = 5_000;
const shutdownMs = 15_000;
const pollMs = 50;

/**
 * Returns once no server runs on the cluster. One that is stopping is waited for; one whose Darkroom was killed is
 * stopped; one that a Darkroom uses is DataDirInUse. Several may do this at once: whoever gets the lock goes on.
 */
export async function makeWay(cluster: Cluster, log: (message: string) => void): Promise<void> {
  const begun = performance.now();
  for (;;) {
    const found = await findPostmaster(cluster.directory);
    if (found === undefined) return;
    if (performance.now() - begun > patienceMs) {
      throw new Error(
        `A PostgreSQL server (process ${found.pid}) runs on ${cluster.dataDir} and neither answers nor ends: stop it.`,
      );
    }
    if (found.status === 'ready') await stopIfOrphaned(cluster, found, performance.now() - begun > graceMs, log);
    await sleep(pollMs);
  }
}

async function stopIfOrphaned(
  cluster: Cluster,
  found: Postmaster,
  graceIsOver: boolean,
  log: (message: string) => void,
): Promise<void> {
  const client = await tryConnect(cluster, found);
  if (client === undefined) return;
  try {
    const holder = await lockHolder(client);
    if (holder !== undefined) throw new DataDirInUse(cluster.dataDir, holder.pid);
    if (!graceIsOver && (await starterLives(client))) return;
    if (!(await tryLock(client))) return;
    log(`A PostgreSQL server (process ${found.pid}) was left running on ${cluster.dataDir}: it is stopped first.`);
    // The lock is ours for as long as the server lives.
    for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
      process.kill(found.pid, signal);
      if (await isGone(cluster, found)) return;
    }
  } catch (error) {
    // It may end under our hands: the next look tells.
    if (error instanceof DataDirInUse) throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function isGone(cluster: Cluster, { pid }: Postmaster): Promise<boolean> {
  for (const deadline = performance.now() + shutdownMs; performance.now() < deadline; await sleep(pollMs)) {
    if ((await findPostmaster(cluster.directory))?.pid !== pid) return true;
  }
  return false;
}

async function tryConnect(cluster: Cluster, { port }: Postmaster): Promise<pg.Client | undefined> {
  try {
    return await connect({ host: '127.0.0.1', port, user: role, password: cluster.password });
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '28P01') {
      throw new Error(
        `The PostgreSQL server that runs on ${cluster.dataDir} does not take the password in ${cluster.dataDir}/postgres.password: put the right one back, or stop that server.`,
        { cause: error },
      );
    }
    return undefined;
  }
}

async function starterLives(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ cluster_name: string }>('show cluster_name');
  const starter = processIn(rows[0]?.cluster_name ?? '');
  return starter !== undefined && isAlive(starter);
}
