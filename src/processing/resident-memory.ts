import { readFileSync } from 'node:fs';

/** Bytes that a process holds in memory just now (proc_pid_status(5)); 0 where the system has no /proc, or no such process any more. */
export function residentBytes(pid: number | undefined): number {
  try {
    const kibibytes = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
