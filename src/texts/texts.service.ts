import { type Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { ImagesService } from '../images/images.service.js';
import { StorageQuotaService } from '../limits/storage-quota.service.js';
import { BlobStore, type Incoming } from '../storage/blob-store.js';
import { type Correction, misplaced, type NewText, type Text } from './text.js';
import { TextsRepository } from './texts.repository.js';

/** What a task has read, and its PDF in a temporary file. */
export type MadeText = Incoming & Pick<NewText, 'recognition' | 'findings'>;

/** What became of a correction. */
export type Correcting = { outcome: 'kept' | 'no-text' } | { outcome: 'misplaced'; member: 'page' | 'line' | 'word' };

@Injectable()
export class TextsService {
  constructor(
    private readonly texts: TextsRepository,
    private readonly images: ImagesService,
    private readonly blobs: BlobStore,
    private readonly quota: StorageQuotaService,
  ) {}

  find(owner: string, id: string): Promise<Text | null> {
    return this.texts.find(owner, id);
  }

  /** Inserts a text and makes its PDF durable, before the commit: a row never speaks of bytes that are not there. */
  async insert(
    tx: EntityManager,
    { path, ...text }: Pick<NewText, 'id' | 'owner' | 'taskId' | 'imageDigest' | 'expiresAt'> & MadeText,
  ): Promise<void> {
    await this.texts.insert(tx, text);
    await this.quota.requireKept(tx, text.owner, text.bytes);
    await this.images.keep(tx, { path, digest: text.digest, bytes: text.bytes });
  }

  /** Keeps a text until then, if it is not kept longer. false where it has gone. */
  keepUntil(kept: Pick<Text, 'owner' | 'id'> & { until: Date }, tx?: EntityManager): Promise<boolean> {
    return this.texts.keepUntil(kept, tx);
  }

  async correct(owner: string, id: string, correction: Correction): Promise<Correcting> {
    const text = await this.texts.find(owner, id);
    if (text === null) return { outcome: 'no-text' };
    const member = misplaced(text, correction);
    if (member !== undefined) return { outcome: 'misplaced', member };
    return { outcome: (await this.texts.correct(text, correction)) ? 'kept' : 'no-text' };
  }

  /** Bytes of the searchable PDF. */
  readPdf(text: Text, start: number, end: number): Promise<Readable> {
    return this.blobs.read(text.digest, start, end);
  }

  /** Takes away up to `limit` texts whose time is over. @returns how many */
  sweep(now: Date, limit: number): Promise<number> {
    return this.texts.sweep(now, limit);
  }
}
