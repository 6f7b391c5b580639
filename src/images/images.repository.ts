import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { newestFirst } from '../database/keyset.js';
import { sweepOutcomes } from '../database/sweep-outcomes.js';
import { type Keyset } from '../page.js';
import { addJobsSql, whenIdle } from '../queue/jobs.js';
import { type Image, type ImageReplacement, type NewImage } from './image.js';
import { ImageEntity } from './image.entity.js';

export interface ImageFilter {
  owner: string;
  mediaType?: string;
  name?: string;
  createdAfter?: Date;
  createdBefore?: Date;
}

/** Which image is to be kept, and with which bytes. */
export interface KeptImage {
  owner: string;
  id: string;
  digest: string;
  until: Date;
}

/** All SQL on images. */
@Injectable()
export class ImagesRepository {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.source.transaction(work);
  }

  find(owner: string, id: string, tx?: EntityManager): Promise<Image | null> {
    return this.images(tx).findOneBy({ owner, id });
  }

  lock(tx: EntityManager, owner: string, id: string): Promise<Image | null> {
    return this.images(tx).findOne({ where: { owner, id }, lock: { mode: 'pessimistic_write' } });
  }

  findByName(owner: string, name: string, tx?: EntityManager): Promise<Image | null> {
    return this.images(tx).findOneBy({ owner, name });
  }

  /** The oldest original with these bytes. Outcomes are passed over: they do not last. */
  findOriginal(tx: EntityManager, owner: string, digest: string): Promise<Image | null> {
    return this.images(tx)
      .createQueryBuilder('image')
      .where({ owner, digest })
      .andWhere('image.taskId is null')
      .orderBy('image.id')
      .limit(1)
      .getOne();
  }

  /** Until the end of the transaction nobody else creates an image of these bytes. */
  async lockDigest(tx: EntityManager, owner: string, digest: string): Promise<void> {
    await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${owner}/${digest}`]);
  }

  /** Until the end of the transaction the sweep leaves the blob alone: it is about to be referred to. */
  async holdBlob(tx: EntityManager, digest: string): Promise<void> {
    await tx.query('select pg_advisory_xact_lock_shared(hashtextextended($1, 2))', [digest]);
  }

  /** The blob has lost a reference: the sweep looks whether it was the last. */
  async loosenBlob(tx: EntityManager, digest: string): Promise<void> {
    await tx.query('insert into loose_blobs (digest) values ($1) on conflict do nothing', [digest]);
  }

  list(filter: ImageFilter, keyset: Keyset): Promise<Image[]> {
    const query = this.images().createQueryBuilder('image').where('image.owner = :owner', filter);
    if (filter.mediaType !== undefined) query.andWhere('image.mediaType = :mediaType', filter);
    if (filter.name !== undefined) query.andWhere('image.name = :name', filter);
    if (filter.createdAfter !== undefined) query.andWhere('image.createdAt > :createdAfter', filter);
    if (filter.createdBefore !== undefined) query.andWhere('image.createdAt < :createdBefore', filter);
    return newestFirst(query, keyset).getMany();
  }

  /** null where the name is taken: the index decides between simultaneous creations. */
  async insert(tx: EntityManager, image: NewImage): Promise<Image | null> {
    const result = await this.images(tx)
      .createQueryBuilder()
      .insert()
      .values(image)
      .orIgnore()
      .returning('id')
      .execute();
    const inserted: unknown = result.raw;
    if (!Array.isArray(inserted) || inserted.length === 0) return null;
    return this.images(tx).findOneByOrFail({ id: image.id });
  }

  /** What it looks like is found out by a worker, when there is nothing else to do. */
  async queueHash(tx: EntityManager, { id, digest }: Pick<Image, 'id' | 'digest'>): Promise<void> {
    const payload = "json_build_object('imageId', id, 'digest', digest)";
    const rows = '(select $1::uuid as id, $2::text as digest) as image';
    await tx.query(addJobsSql('hash-image', payload, rows, { priority: whenIdle }), [id, digest]);
  }

  exists({ id, digest }: Pick<Image, 'id' | 'digest'>): Promise<boolean> {
    return this.images().existsBy({ id, digest });
  }

  /** Nothing where it has gone, or has other bytes by now. It is no change of the image: nobody has said it. */
  async noteHash({ id, digest }: Pick<Image, 'id' | 'digest'>, hash: string): Promise<void> {
    await this.images().update({ id, digest }, { hash });
  }

  /** Compare-and-set on the version that was read: `stale` where someone was faster. */
  async update(
    image: Image,
    change: ImageReplacement,
    tx = this.source.manager,
  ): Promise<Image | 'name-taken' | 'stale'> {
    const { id, version } = image;
    try {
      const next = { ...change, version: version + 1, updatedAt: new Date() };
      // In a savepoint, where there is a transaction: a name that is taken ends this statement and not the caller's work.
      const { affected } = await tx.transaction((inner) => this.images(inner).update({ id, version }, next));
      return affected === 0 ? 'stale' : { ...image, ...next };
    } catch (error) {
      if (error instanceof QueryFailedError && Reflect.get(error, 'constraint') === 'images_name') return 'name-taken';
      throw error;
    }
  }

  /** false where there is none with these bytes. Until the end of the transaction nobody changes it. */
  async keepUntil({ owner, id, digest, until }: KeptImage, tx: EntityManager = this.source.manager): Promise<boolean> {
    const kept: [unknown[], number] = await tx.query(
      `update images set version = version + 1, expires_at = case when expires_at < $4 then $4 else expires_at end
       where owner = $1 and id = $2 and digest = $3`,
      [owner, id, digest, until],
    );
    return kept[1] === 1;
  }

  async delete(tx: EntityManager, { id, version, digest }: Image): Promise<'deleted' | 'stale'> {
    const { affected } = await this.images(tx).delete({ id, version });
    if (affected !== 1) return 'stale';
    await this.loosenBlob(tx, digest);
    return 'deleted';
  }

  /** Takes away up to `limit` images whose time is over. @returns how many */
  sweep(now: Date, limit: number): Promise<number> {
    return sweepOutcomes(this.source, 'images', now, limit);
  }

  private images(tx: EntityManager = this.source.manager) {
    return tx.getRepository(ImageEntity);
  }
}
