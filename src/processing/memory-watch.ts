import { residentBytes } from './resident-memory.js';

/** Milliseconds. A process that writes to new memory as fast as it can takes some 50 MiB in that time. */
const lookEveryMs = 25;

/** Calls back, once, when a process has more memory than it may have. Where there is no /proc nothing is watched. */
export class MemoryWatch {
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number, bytesMax: number, onExcess: () => void) {
    this.#timer = setInterval(() => {
      if (residentBytes(pid) <= bytesMax) return;
      this.stop();
      onExcess();
    }, lookEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
