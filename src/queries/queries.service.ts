import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { Clock } from '../database/clock.js';
import { fingerprintOf } from '../fingerprint.js';
import { type Image } from '../images/image.js';
import { type Keyset, type Page, pageOf } from '../page.js';
import { Problem } from '../problems.js';
import { QueriesRepository } from './queries.repository.js';
import { type ImageQuery, normalised, textsPerImageMax } from './query.js';

/** An image that was found, and the ids of the texts in which the words stand that were asked for. */
export interface Found {
  image: Image;
  texts: string[];
}

/** What a query comes to, and under which id it can be asked again. */
export interface Finding {
  id: string;
  page: Page<Found>;
}

@Injectable()
export class QueriesService {
  constructor(
    private readonly queries: QueriesRepository,
    @Inject(Config) private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks a query, and keeps it. The same query, whatever the order of its lists, has the same id.
   * @throws Problem 422 where it takes too long, 429 where the owner has too many others
   */
  async ask(owner: string, query: ImageQuery, keyset: Keyset): Promise<Finding> {
    const asked = normalised(query);
    const page = await this.pageOf(owner, asked, keyset);
    return { id: await this.keep(owner, asked), page };
  }

  /** Asks a query again that is kept; null where it is not. */
  async repeat(owner: string, id: string, keyset: Keyset): Promise<Finding | null> {
    const kept = await this.queries.find(owner, id, this.clock.now());
    return kept && { id, page: await this.pageOf(owner, kept.query, keyset) };
  }

  /** Takes away up to `limit` queries whose time is over. @returns how many */
  sweep(now: Date, limit: number): Promise<number> {
    return this.queries.sweep(now, limit);
  }

  private async keep(owner: string, query: ImageQuery): Promise<string> {
    const ttlMs = this.config.QUERY_TTL * 1000;
    const after = (ms: number): Date => new Date(this.clock.now().getTime() + ms);
    const asked = { id: randomUUIDv7(), owner, digest: fingerprintOf(query), query, expiresAt: after(ttlMs) };
    const id = await this.queries.keep(asked, after(ttlMs / 2), this.config.QUERIES_MAX);
    if (id !== null) return id;
    throw new Problem('too-many-queries', {
      detail: `${this.config.QUERIES_MAX} other queries are kept, each for ${this.config.QUERY_TTL} s after it was asked; that is the limit.`,
      headers: { 'Retry-After': '60' },
    });
  }

  private async pageOf(owner: string, query: ImageQuery, keyset: Keyset): Promise<Page<Found>> {
    const seconds = this.config.QUERY_SECONDS_MAX;
    const images = await this.queries.images(owner, query, keyset, seconds * 1000);
    if (images === null) {
      throw new Problem('query-too-costly', { detail: `It was not done after ${seconds} s; that is the limit.` });
    }
    const page = pageOf(images, keyset);
    const digests = page.items.map(({ digest }) => digest);
    const texts =
      query.text === undefined ? undefined : await this.queries.texts(owner, query.text, digests, textsPerImageMax);
    return { ...page, items: page.items.map((image) => ({ image, texts: texts?.get(image.digest) ?? [] })) };
  }
}
