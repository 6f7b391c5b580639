import { readdirSync, readFileSync } from 'node:fs';

// What Linux tells of processes. Nothing is known of them elsewhere, and of those that are gone.

/** Of a process and all below it. */
export function familyOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(familyOf)];
}

/** Seconds that processors have worked for a process, all its threads, in user code and in the kernel. */
export function processorSeconds(pid: number): number {
  // proc(5): utime and stime are fields 14 and 15; the second field, in parentheses, may hold anything.
  const fields = readProc(`${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond;
}

/** USER_HZ, the same on all processors that Node runs on. */
const ticksPerSecond = 100;

/** Any of its threads may have forked them. */
function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    readProc(`${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** The text of a file below /proc; empty where it is not there (any more). */
export function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}
