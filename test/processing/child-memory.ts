import { readFileSync } from 'node:fs';
import { type Processing } from '../../src/processing/processing.js';

/** Watches the most memory that any child has had, bytes; 0 where there is no /proc. */
export class ChildMemory {
  peak = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly processing: Processing) {
    // A child that is killed takes its figures with it: they are read while it lives.
    this.#timer = setInterval(() => this.look(), 20);
  }

  look(): void {
    for (const pid of this.processing.pids) this.peak = Math.max(this.peak, peakOf(pid));
  }

  stop(): void {
    this.look();
    clearInterval(this.#timer);
  }
}

function peakOf(pid: number): number {
  try {
    const kibibytes = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0; // it is gone
  }
}
