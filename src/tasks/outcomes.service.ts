import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Config } from '../config.js';
import { Clock } from '../database/clock.js';
import { ImagesService, type ReadableUpload } from '../images/images.service.js';
import { type MadeText, TextsService } from '../texts/texts.service.js';
import { type Outcome, type Task } from './task.js';

/** What tasks make: images and texts. An outcome is kept as long as any of the tasks that came to it promises. */
@Injectable()
export class OutcomesService {
  constructor(
    private readonly images: ImagesService,
    private readonly texts: TextsService,
    @Inject(Config) private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** What was made, as the tasks will know it. */
  named(made: ReadableUpload | MadeText): Outcome {
    const outcomeKind = 'recognition' in made ? 'text' : 'image';
    return { outcomeId: randomUUIDv7(), outcomeKind, outcomeDigest: made.digest };
  }

  /** @param tasks that have come to it, first the one that has made it */
  async insert(
    tx: EntityManager,
    { outcomeId: id }: Outcome,
    made: ReadableUpload | MadeText,
    [maker, ...others]: [Task, ...Task[]],
  ): Promise<void> {
    const expiresAt = this.expiryFor([maker, ...others]);
    const outcome = { id, owner: maker.owner, taskId: maker.id, expiresAt };
    if ('recognition' in made) await this.texts.insert(tx, { ...outcome, imageDigest: maker.imageDigest, ...made });
    else await this.images.insert(tx, { ...outcome, ...made });
  }

  /** Keeps an outcome for others too. false where it is there no more, or other bytes have taken its place. */
  keepFor(
    { owner, outcomeId: id, outcomeDigest: digest, outcomeKind }: Outcome & Pick<Task, 'owner'>,
    others: readonly Pick<Task, 'resultTtl'>[],
    tx?: EntityManager,
  ): Promise<boolean> {
    const kept = { owner, id, digest, until: this.expiryFor(others) };
    return outcomeKind === 'text' ? this.texts.keepUntil(kept, tx) : this.images.keepUntil(kept, tx);
  }

  private expiryFor(tasks: readonly Pick<Task, 'resultTtl'>[]): Date {
    const { RESULT_TTL: most } = this.config;
    const seconds = tasks.reduce((longest, { resultTtl }) => Math.max(longest, Math.min(resultTtl ?? most, most)), 0);
    return new Date(this.clock.now().getTime() + seconds * 1000);
  }
}
