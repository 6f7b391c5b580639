/** The queue at one moment. Seconds. */
export interface QueueView {
  /** Tasks that living workers work on at once. */
  readonly slots: number;
  /** Tasks that were started, the longest ago first: how long ago, and what they were expected to take. */
  readonly running: readonly { readonly elapsed: number; readonly estimate: number }[];
  /** Tasks that were not. */
  readonly waiting: number;
  /** What those are expected to take, all told. */
  readonly work: number;
}

/** Of a task that takes longer than expected so much is still to come, as a part of what was expected. */
const overdue = 0.2;

/**
 * Who waits for whom: a view of the queue, and everyone who has joined it since. Tasks are taken in turn, each by the slot
 * that is free first. All times are seconds of the caller's clock.
 */
export class WaitingLine {
  /** When each slot will be free. */
  private readonly freeAt: number[];
  /** When what runs will have ended. */
  private readonly runsUntil: number[];
  /** When those who have joined will have ended, the earliest first; of them so many are over. */
  private readonly ends: number[] = [];
  private ended = 0;

  constructor(
    private readonly queue: QueueView,
    private readonly seenAt: number,
  ) {
    const { slots, running, work } = queue;
    // With no worker alive: as if there were one, who may come any moment.
    const count = Math.max(1, slots);
    const left = Array.from({ length: count }, (_, slot) => leftOf(running[slot]));
    // A worker takes more than it works on: those are next.
    const taken = running.slice(count).reduce((sum, { estimate }) => sum + estimate, 0);
    const level = waterLevel(left, work + taken);
    this.freeAt = left.map((seconds) => seenAt + Math.max(seconds, level));
    this.runsUntil = running.map((task) => seenAt + leftOf(task));
  }

  /** @returns the tasks in front, and the seconds until the work begins */
  join(estimate: number, now: number): { ahead: number; wait: number } {
    const slot = this.freeAt.indexOf(Math.min(...this.freeAt));
    const begin = Math.max(this.freeAt[slot] ?? now, now);
    const ahead = this.aheadAt(now);
    this.freeAt[slot] = begin + estimate;
    this.noteEnd(begin + estimate);
    return { ahead, wait: begin - now };
  }

  /** One of those who have joined does not come after all: the line is shorter by one, and by that work. */
  leave(estimate: number): void {
    const slot = this.freeAt.indexOf(Math.max(...this.freeAt));
    this.freeAt[slot] = (this.freeAt[slot] ?? 0) - estimate;
    this.ends.pop();
    this.ended = Math.min(this.ended, this.ends.length);
  }

  /** Who came later ends later, but for the few who overtake on another slot: the search begins at the latest. */
  private noteEnd(end: number): void {
    const after = this.ends.findLastIndex((each) => each <= end);
    this.ends.splice(after + 1, 0, end);
  }

  /** Those who are not expected to have ended by then. */
  private aheadAt(now: number): number {
    while ((this.ends[this.ended] ?? Infinity) <= now) this.ended += 1;
    const runs = this.runsUntil.filter((end) => end > now).length;
    return runs + this.stillWaiting(now) + this.ends.length - this.ended;
  }

  /** What waited when it was seen gets less as its work is done. */
  private stillWaiting(now: number): number {
    const { slots, waiting, work } = this.queue;
    const done = ((now - this.seenAt) * Math.max(1, slots)) / Math.max(work, Number.MIN_VALUE);
    return Math.ceil(waiting * Math.max(0, 1 - done));
  }
}

function leftOf(running: QueueView['running'][number] | undefined): number {
  return running === undefined ? 0 : Math.max(running.estimate - running.elapsed, running.estimate * overdue);
}

/** How high water stands when so much is poured over a ground of these heights: when work is done that all slots share. */
export function waterLevel(ground: readonly number[], water: number): number {
  let volume = water;
  let level = 0;
  for (const [index, height] of ground.toSorted((a, b) => a - b).entries()) {
    // The water covers the lower ones; does it reach this one?
    if (index > 0 && level <= height) break;
    volume += height;
    level = volume / (index + 1);
  }
  return level;
}
