import { OwnerLine } from './owner-line.js';

/** The queue at one moment. Seconds. */
export interface QueueView {
  /** Tasks that living workers work on at once. */
  readonly slots: number;
  /** Tasks that were started, the longest ago first: how long ago, and what they were expected to take. */
  readonly running: readonly { readonly elapsed: number; readonly estimate: number }[];
  /** Tasks that were not, and what those are expected to take, all told: by owner, in the order of their turns. */
  readonly waiting: readonly { readonly owner: string; readonly tasks: number; readonly work: number }[];
}

/** Of a task that takes longer than expected so much is still to come, as a part of what was expected. */
const overdue = 0.2;

/** So many tasks in front are looked at one by one. Of more it does not matter that none is done in parts. */
const oneByOneMax = 64;

/**
 * Who waits for whom: a view of the queue, and everyone who has joined it since, moved on as time passes. Owners have turns (turns.ts):
 * the first of them has its oldest task done by the slot that is free first, and goes to the end. All times are seconds of
 * the caller's clock.
 */
export class WaitingLine {
  /** When each slot will be free. */
  private readonly freeAt: number[];
  /** What workers have taken and do not work on yet: that is next. */
  private readonly taken: number[];
  /** In the order of their turns. None of them is empty. */
  private readonly lines = new Map<string, OwnerLine>();

  constructor({ slots, running, waiting }: QueueView, seenAt: number) {
    // With no worker alive: as if there were one, who may come any moment.
    const count = Math.max(1, slots);
    this.freeAt = Array.from({ length: count }, (_, slot) => seenAt + leftOf(running[slot]));
    this.taken = running.slice(count).map(({ estimate }) => estimate);
    for (const { owner, tasks, work } of waiting) this.lines.set(owner, new OwnerLine(tasks, work / tasks));
  }

  /** @returns the tasks in front, and the seconds until the work begins */
  join(owner: string, estimate: number, now: number): { ahead: number; wait: number } {
    this.moveOn(now);
    const turns = this.turnsBefore(owner);
    const inFront = turns.reduce((sum, { tasks }) => sum + tasks, this.taken.length);
    const ahead = this.freeAt.filter((time) => time > now).length + inFront;
    const wait = this.beginning(turns, inFront, now) - now;
    if (wait > 0 || inFront > 0) this.lineOf(owner).push(estimate);
    else this.begin(now, estimate);
    return { ahead, wait };
  }

  /** One of those who have joined does not come after all: the line is shorter by one, or what runs by that work. */
  leave(owner: string, estimate: number): void {
    const line = this.lines.get(owner);
    if (line?.pop()) {
      if (line.length === 0) this.lines.delete(owner);
      return;
    }
    const slot = this.freeAt.indexOf(Math.max(...this.freeAt));
    this.freeAt[slot] = (this.freeAt[slot] ?? 0) - estimate;
  }

  private lineOf(owner: string): OwnerLine {
    const line = this.lines.get(owner) ?? new OwnerLine(0, 0);
    this.lines.set(owner, line);
    return line;
  }

  /** Whose turn it was until now, as slots became free. */
  private moveOn(now: number): void {
    while (Math.min(...this.freeAt) <= now) {
      const next = this.taken.shift() ?? this.nextTurn();
      if (next === undefined) return;
      this.begin(-Infinity, next);
    }
  }

  private nextTurn(): number | undefined {
    for (const [owner, line] of this.lines) {
      this.lines.delete(owner);
      const estimate = line.shift();
      if (line.length > 0) this.lines.set(owner, line);
      return estimate;
    }
    return undefined;
  }

  /** By the slot that is free first, not before it is. */
  private begin(earliest: number, estimate: number): void {
    const slot = this.freeAt.indexOf(Math.min(...this.freeAt));
    this.freeAt[slot] = Math.max(this.freeAt[slot] ?? earliest, earliest) + estimate;
  }

  /** How many tasks each owner has done before the next that the given one adds: in each round one. */
  private turnsBefore(owner: string): { line: OwnerLine; tasks: number }[] {
    const rounds = this.lines.get(owner)?.length ?? 0;
    const turns: { line: OwnerLine; tasks: number }[] = [];
    let stillThisRound = 1;
    for (const [other, line] of this.lines) {
      if (other === owner) stillThisRound = 0;
      turns.push({ line, tasks: Math.min(line.length, rounds + stillThisRound) });
    }
    return turns;
  }

  /** When a slot is free for whoever comes after all those turns. */
  private beginning(turns: readonly { line: OwnerLine; tasks: number }[], inFront: number, now: number): number {
    const free = this.freeAt.map((time) => Math.max(time, now));
    if (inFront > oneByOneMax) {
      const work = turns.reduce((sum, { line, tasks }) => sum + line.workOf(tasks), total(this.taken));
      return waterLevel(free, work);
    }
    const add = (estimate: number): void => {
      const slot = free.indexOf(Math.min(...free));
      free[slot] = (free[slot] ?? now) + estimate;
    };
    this.taken.forEach(add);
    for (let round = 0; turns.some(({ tasks }) => tasks > round); round++) {
      for (const { line, tasks } of turns) if (tasks > round) add(line.at(round) ?? 0);
    }
    return Math.min(...free);
  }
}

const total = (estimates: readonly number[]): number => estimates.reduce((sum, each) => sum + each, 0);

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
