import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, ifMissing } from '../system-error.js';

/** A server that runs on a cluster, as its postmaster.pid has it. */
export interface Postmaster {
  pid: number;
  port: number;
  status: 'starting' | 'ready' | 'stopping' | undefined;
}

/**
 * The server that runs on this cluster, or undefined. A file that was left by one that is dead, its number perhaps
 * given to another program since, is removed: PostgreSQL would take any living process of that number for a server
 * and refuse to start.
 */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const text = await readSettled(join(cluster, 'postmaster.pid'));
  if (text === undefined) return undefined;
  // Lines (PostgreSQL's pidfile.h): pid, data directory, start time, port, socket directory, address, shared memory, status.
  const [pid, directory, , port, , , , status] = text.split('\n').map((line) => line.trim());
  if (directory === undefined || !(await isServer(Number(pid), directory))) {
    await removeStale(join(cluster, 'postmaster.pid'), text);
    return undefined;
  }
  return {
    pid: Number(pid),
    port: Number(port),
    status: status === 'starting' || status === 'ready' || status === 'stopping' ? status : undefined,
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return hasCode(error, 'EPERM');
  }
}

/** An empty file is being written at this moment, or was when the power went: a moment later it is known which. */
async function readSettled(file: string): Promise<string | undefined> {
  for (let patience = 10; ; patience--) {
    const text = await readFile(file, 'utf8').catch(ifMissing);
    if (text !== '' || patience === 0) return text;
    await sleep(100);
  }
}

async function isServer(pid: number, directory: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return false;
  return (await commandLine(pid)).includes(`postgres -D ${directory}`);
}

/** Empty for a process that has ended and is only waited for by its parent. */
async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
  }
  return new Promise((resolve) => {
    execFile('ps', ['-p', String(pid), '-o', 'args='], (_error, stdout) => resolve(stdout));
  });
}

/** Moved aside and looked at again, because another start may have put its own there since it was read. */
async function removeStale(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(ifMissing);
  const moved = await readFile(aside, 'utf8').catch(ifMissing);
  if (moved !== undefined && moved !== text) await link(aside, file);
  await rm(aside, { force: true });
}
