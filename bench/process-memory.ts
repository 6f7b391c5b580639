import { familyOf, readProc } from './process-family.js';

const bytesPerKib = 1024;
/** Short peaks of the process itself are not missed in between: the kernel keeps them. */
const sampleEveryMs = 20;

/** Bytes of resident memory. */
export interface PeakMemory {
  /** Of the process, as the kernel kept it (VmHWM). */
  readonly peak: number;
  /** Of the process, the most of all samples. */
  readonly sampled: number;
  /** Of the process and all below it, the most of all samples. Pages that they share count in each. */
  readonly withChildren: number;
}

export interface MemoryWatch extends Disposable {
  /** So far. */
  peaks(): PeakMemory;
}

/** Watches a process from now on. Linux only: elsewhere there is no /proc. */
export function watchMemory(pid: number): MemoryWatch {
  let sampled = 0;
  let withChildren = 0;
  const sample = (): void => {
    sampled = Math.max(sampled, memoryOf(pid).resident);
    withChildren = Math.max(
      withChildren,
      familyOf(pid).reduce((sum, each) => sum + memoryOf(each).resident, 0),
    );
  };
  sample();
  const timer = setInterval(sample, sampleEveryMs);
  return {
    peaks: () => ({ peak: memoryOf(pid).peak, sampled, withChildren }),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Bytes that a process has now; zero of one that is gone. */
export function residentMemory(pid: number): number {
  return memoryOf(pid).resident;
}

/** Bytes; zero of a process that is gone. */
function memoryOf(pid: number): { resident: number; peak: number } {
  const status = readProc(`${pid}/status`);
  const bytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * bytesPerKib;
  return { resident: bytes('VmRSS'), peak: bytes('VmHWM') };
}
