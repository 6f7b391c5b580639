import { Inject, Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Config } from '../config.js';
import { SharedLook } from '../database/shared-look.js';
import { PendingTasksRepository } from './pending-tasks.repository.js';
import { type Full, Places } from './places.js';

/** A count lasts so long, ms … */
const lastsLeast = 1_000;
/** … and longer where counting would take more than such a part of the time. */
const countingShare = 0.02;

/**
 * How many tasks are pending, as the database had it a moment ago, and those that this process has let in since. It never lets
 * in more than may be; several processes together may until the next count, each as many as it accepts in that time.
 */
@Injectable()
export class PendingTasksService {
  private readonly logger = new Logger('limits');
  private readonly max: Readonly<Record<Full, number>>;
  private counted: Places | undefined;
  /** While it is counted: what will be the next count, with those who have come since that began. */
  private readonly next = new Set<Places>();
  /** Let in, and not committed or given up yet: whether a count has seen them, nobody knows. */
  private readonly open: Places;
  private until = 0;
  private readonly counts = new SharedLook<Places>();

  constructor(
    private readonly tasks: PendingTasksRepository,
    @Inject(Config) { QUEUE_TASKS_MAX_PER_OWNER: ofOwner, QUEUE_TASKS_MAX: ofAll }: Config,
  ) {
    this.max = { ofOwner, ofAll };
    this.open = new Places(this.max);
  }

  /**
   * A place for one more; to be settled. Nobody waits for a count who would be let in by the latest, and nobody is refused by an
   * old one.
   * @param tx the caller's transaction
   * @returns what stands in the way; undefined: nothing, the place is taken
   */
  async enter(owner: string, tx?: EntityManager): Promise<Full | undefined> {
    const known = this.counted ?? (await this.count(tx));
    const isOld = performance.now() > this.until;
    const full = (isOld && known.full(owner) !== undefined ? await this.count(tx) : known).full(owner);
    if (full !== undefined) return full;
    this.add(owner, 1);
    this.open.add(owner, 1);
    if (isOld) this.count().catch((error: unknown) => this.logger.warn(`cannot count: ${String(error)}`));
    return undefined;
  }

  /** What became of a place that was taken. */
  settle(owner: string, became: 'pending' | 'nothing'): void {
    this.open.add(owner, -1);
    if (became === 'nothing') this.add(owner, -1);
  }

  private add(owner: string, count: number): void {
    this.counted?.add(owner, count);
    for (const next of this.next) next.add(owner, count);
  }

  private count(tx?: EntityManager): Promise<Places> {
    return this.counts.of(tx, () => this.look(tx));
  }

  private async look(tx?: EntityManager): Promise<Places> {
    const began = performance.now();
    const next = new Places(this.max);
    this.next.add(next);
    try {
      for (const [owner, count] of this.open) next.add(owner, count);
      for (const { owner, count } of await this.tasks.count(tx)) next.add(owner, count);
      const now = performance.now();
      this.until = now + Math.max(lastsLeast, (now - began) / countingShare);
      return (this.counted = next);
    } finally {
      this.next.delete(next);
    }
  }
}
