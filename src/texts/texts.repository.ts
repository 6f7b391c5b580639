import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { sweepOutcomes } from '../database/sweep-outcomes.js';
import { searchedText } from './plain-text.js';
import { type Correction, type NewText, type Text } from './text.js';
import { TextEntity } from './text.entity.js';

/** All SQL on texts and their corrections. */
@Injectable()
export class TextsRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  find(owner: string, id: string): Promise<Text | null> {
    return this.source.getRepository(TextEntity).findOneBy({ owner, id });
  }

  async insert(tx: EntityManager, text: NewText): Promise<void> {
    const { id, owner, taskId, imageDigest, recognition, digest, bytes, findings, expiresAt } = text;
    await tx.query(
      `insert into texts (id, owner, task_id, image_digest, recognition, digest, bytes, findings, expires_at, words)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_tsvector('simple', plain_words($10)))`,
      [
        ...[id, owner, taskId, imageDigest, JSON.stringify(recognition), digest, bytes, findings, expiresAt],
        searchedText(recognition),
      ],
    );
  }

  /** false where it has gone. Until the end of the transaction nobody changes it. */
  async keepUntil(
    { owner, id, until }: Pick<Text, 'owner' | 'id'> & { until: Date },
    tx: EntityManager = this.source.manager,
  ): Promise<boolean> {
    const kept: [unknown[], number] = await tx.query(
      'update texts set expires_at = greatest(expires_at, $3) where owner = $1 and id = $2',
      [owner, id, until],
    );
    return kept[1] === 1;
  }

  /** false where the text has gone. */
  async correct({ id, owner }: Text, { page, line, word, correct }: Correction): Promise<boolean> {
    const kept: unknown[] = await this.source.query(
      `insert into corrections (text_id, owner, page, line, word, correct)
       select id, owner, $3, $4, $5, $6 from texts where id = $1 and owner = $2
       returning id`,
      [id, owner, page, line, word, correct],
    );
    return kept.length === 1;
  }

  /** Takes away up to `limit` texts whose time is over. @returns how many */
  sweep(now: Date, limit: number): Promise<number> {
    return sweepOutcomes(this.source, 'texts', now, limit);
  }
}
