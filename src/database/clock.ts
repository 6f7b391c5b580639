/** A clock that is behind by more was set back; less is the way that an answer took, ms. */
const jumpMs = 1_000;

/**
 * The database's time, by which everything ends that has a time: all processes share it, and one whose own clock jumps ends
 * nothing early. Between two answers the monotonic clock goes on.
 */
export class Clock {
  /** Database time less monotonic time, ms. */
  private offsetMs: number | undefined;

  /** The process's own time until the database has said what time it is. */
  now(): Date {
    return new Date(this.offsetMs === undefined ? Date.now() : this.offsetMs + performance.now());
  }

  /** @param time said by the database a moment ago */
  set(time: Date): void {
    const offsetMs = time.getTime() - performance.now();
    const behind = (this.offsetMs ?? -Infinity) - offsetMs;
    if (behind < 0 || behind > jumpMs) this.offsetMs = offsetMs;
  }
}
