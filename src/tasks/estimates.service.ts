import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { SharedLook } from '../database/shared-look.js';
import { workOf } from '../processing/estimate.js';
import { type StoredHeader } from '../processing/header.js';
import { lessonsOf, type Rates, secondsOf } from '../processing/rates.js';
import { EstimatesRepository } from './estimates.repository.js';
import { spreadLesson, spreadOf } from './spread.js';
import { type Expectation, p50Of, retryAfterMax, type Task } from './task.js';
import { WaitingLine } from './waiting-line.js';
import { messageOf } from '../system-error.js';

/** A look at the queue lasts so long, seconds: until then it is only added to. */
const lookEvery = { least: 0.5, most: 5 };
/** Looking takes at most such a part of the time, so that a long queue may be looked at less often. */
const lookShare = 0.02;

/** A look at the queue, and all that have joined it since. */
interface Outlook {
  readonly line: WaitingLine;
  readonly rates: Rates;
  /** On the clock of `now`. */
  readonly until: number;
}

/** What is to be done, and to what. */
export interface ExpectedWork extends Pick<Task, 'owner' | 'operations'> {
  /** null: it is no image. */
  readonly header: StoredHeader | null;
}

export interface Expected {
  readonly expectations: readonly Expectation[];
  /** Of a task that was not queued after all. */
  readonly withdraw: (owner: string, expectation: Expectation) => void;
}

/** How a task went. Seconds. */
export interface Course {
  readonly input: StoredHeader;
  /** Of its own work, without waiting for anything. */
  readonly worked: number;
  /** From its latest start to its end. */
  readonly ran: number;
}

/** Tells how long tasks will take, from what such work has taken, what lies ahead and who is there to do it. */
@Injectable()
export class EstimatesService {
  private readonly logger = new Logger('estimates');
  private latest: Outlook | undefined;
  private readonly looks = new SharedLook<Outlook>();

  constructor(private readonly estimates: EstimatesRepository) {}

  /** What is expected of tasks that are about to be queued, in this order. */
  async expect(orders: readonly ExpectedWork[], tx?: EntityManager): Promise<Expected> {
    const outlook = await this.outlook(tx);
    const { line, rates } = outlook;
    // All at one moment: of those who come together the later have no fewer in front.
    const at = now();
    return {
      expectations: orders.map(({ owner, header, operations }) =>
        join(outlook, owner, secondsOf(workOf(header, operations), rates), at),
      ),
      withdraw: (owner, { estimate }) => line.leave(owner, estimate),
    };
  }

  /** The same of one task whose own work is known. */
  async expectAgain({ owner, estimate }: Pick<Task, 'owner' | 'estimate'>, tx?: EntityManager): Promise<Expectation> {
    return join(await this.outlook(tx), owner, estimate, now());
  }

  /** Until a part of those who are in front of one more task of the owner will have ended, a hundredth or one. Whole seconds. */
  async secondsToRoom(owner: string, tx?: EntityManager): Promise<number> {
    const { line } = await this.outlook(tx);
    const { ahead, wait } = line.join(owner, 0, now());
    line.leave(owner, 0);
    return Math.min(Math.max(Math.ceil(wait / Math.min(Math.max(ahead, 1), 100)), 1), retryAfterMax);
  }

  /** What work takes, as it was known a moment ago: nobody waits for the database to tell, or goes without where it does not. */
  rates(): Rates {
    this.outlook().catch(() => undefined);
    return this.latest?.rates ?? new Map();
  }

  /** Learns from a task that has ended well. Never throws: the task is worth more than the lesson. */
  async learn(task: Task, { input, worked, ran }: Course): Promise<void> {
    try {
      const rates = await this.estimates.rates();
      const lessons = lessonsOf(workOf(input, task.operations), rates, worked);
      const spread = spreadLesson(task, rates, secondsSince(task.queuedAt, task.startedAt) + ran);
      await this.estimates.learn([...lessons, spread]);
    } catch (error) {
      this.logger.warn(`nothing was learned: ${messageOf(error)}`);
    }
  }

  private async outlook(tx?: EntityManager): Promise<Outlook> {
    if (this.latest !== undefined && now() < this.latest.until) return this.latest;
    return (this.latest = await this.looks.of(tx, () => this.look(tx)));
  }

  private async look(tx?: EntityManager): Promise<Outlook> {
    const began = now();
    const { queue, rates } = await this.estimates.outlook(tx);
    const seen = now();
    const lasts = Math.min(Math.max((seen - began) / lookShare, lookEvery.least), lookEvery.most);
    return { line: new WaitingLine(queue, seen), rates, until: seen + lasts };
  }
}

function join({ line, rates }: Outlook, owner: string, estimate: number, at: number): Expectation {
  const place = { estimate, ...line.join(owner, estimate, at) };
  return { ...place, p90: p50Of(place) * spreadOf(rates) };
}

/** Seconds of a clock that only goes forward. */
const now = (): number => performance.now() / 1000;

const secondsSince = (from: Date, to: Date | null): number => ((to ?? from).getTime() - from.getTime()) / 1000;
