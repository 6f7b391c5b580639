import { randomUUIDv7 } from 'node:crypto';
import { type Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { StorageQuotaService } from '../limits/storage-quota.service.js';
import { type Keyset, type Page, pageOf } from '../page.js';
import { type Header } from '../processing/header.js';
import { type Findings } from '../processing/pixel-work.js';
import { type Inspection, Processing } from '../processing/processing.js';
import { ReservationsService } from '../reservations/reservations.service.js';
import { BlobStore, type Incoming } from '../storage/blob-store.js';
import { type Given, type Image, type ImageBytes, type ImageChange, isSame, type NewImage } from './image.js';
import { type ImageFilter, ImagesRepository, type KeptImage } from './images.repository.js';

/** An image that arrived and is not a resource yet. */
export interface Upload extends Incoming {
  inspection: Inspection;
}

/** An upload whose header could be read, or an outcome and what was found on the way to it. */
export type ReadableUpload = Incoming & {
  header: Pick<Header, 'mediaType' | 'width' | 'height' | 'pages'>;
  findings?: Findings;
};

export type Creation =
  | { outcome: 'created'; image: Image }
  | { outcome: 'same-bytes'; image: Image }
  | { outcome: 'name-taken'; image: Image | null };

/** What a PUT came to. */
export type Filling =
  { outcome: 'created' | 'same' | 'replaced'; image: Image } | { outcome: 'name-taken'; image: Image | null };

type Insertion = Pick<NewImage, 'id' | 'owner' | 'name' | 'labels' | 'taskId' | 'expiresAt'> & ReadableUpload;

/** Images are minted below it. */
export const imagesPath = '/images';

function bytesOf({ digest, bytes, header, findings = {} }: ReadableUpload): ImageBytes {
  return {
    digest,
    bytes,
    mediaType: header.mediaType,
    width: header.width,
    height: header.height,
    pages: header.pages,
    hash: null,
    findings: Object.keys(findings).length > 0 ? findings : null,
  };
}

@Injectable()
export class ImagesService {
  constructor(
    private readonly images: ImagesRepository,
    private readonly blobs: BlobStore,
    private readonly processing: Processing,
    private readonly reservations: ReservationsService,
    private readonly quota: StorageQuotaService,
  ) {}

  /** @throws Problem 507 where so many bytes could never be stored */
  refuseHopeless(bytes: number): void {
    this.quota.refuseHopeless(bytes);
  }

  /** Takes bytes in and tells what they are. The caller discards them in the end, whatever became of them. */
  async receive(source: Readable, bytesMax: number): Promise<Upload> {
    const incoming = await this.blobs.receive(source, bytesMax);
    try {
      return { ...incoming, inspection: await this.processing.inspect(incoming.path) };
    } catch (error) {
      await this.blobs.discard(incoming);
      throw error;
    }
  }

  discard(upload: Pick<Incoming, 'path'>): Promise<void> {
    return this.blobs.discard(upload);
  }

  /** Keeps bytes that are no image, for a task that is about to be committed with them. */
  async keep(tx: EntityManager, upload: Incoming): Promise<void> {
    await this.images.holdBlob(tx, upload.digest);
    await this.blobs.keep(upload);
  }

  /**
   * Creates an image of an upload, unless its name is taken, or no name is given and an image has the same bytes.
   * Of simultaneous creations of a name, or of the same bytes without one, exactly one is `created`.
   */
  create(owner: string, upload: ReadableUpload, given: Given, tx?: EntityManager): Promise<Creation> {
    return this.within(tx, (inner) => this.createIn(inner, owner, upload, given));
  }

  private async createIn(tx: EntityManager, owner: string, upload: ReadableUpload, given: Given): Promise<Creation> {
    if (given.name === undefined) {
      await this.images.lockDigest(tx, owner, upload.digest);
      const image = await this.images.findOriginal(tx, owner, upload.digest);
      if (image) return { outcome: 'same-bytes', image };
    }
    const image = await this.insert(tx, { id: randomUUIDv7(), owner, ...upload, ...given });
    return image ? { outcome: 'created', image } : this.nameTaken(tx, owner, given.name);
  }

  /**
   * Fills a minted URI, or replaces an image. The first PUT takes effect, once; a repetition has none.
   * @param check refuses by throwing: it is told the present image (null for a slot that is still empty), and whether the
   *   PUT is a repetition
   * @returns null where nothing can be filled
   */
  async put(
    owner: string,
    id: string,
    upload: ReadableUpload,
    given: Given,
    check: (image: Image | null, same: boolean) => void,
  ): Promise<Filling | null> {
    return this.images.transaction(async (tx) => {
      // The row of the reservation first: it decides between simultaneous PUTs.
      const slot = await this.reservations.take(tx, owner, imagesPath, id, upload.digest);
      const image = await this.images.lock(tx, owner, id);
      if (image) return this.replace(tx, image, upload, given, check);
      if (slot.state !== 'empty') return null;
      check(null, false);
      const created = await this.insert(tx, { id, owner, ...upload, ...given });
      if (created === null) return this.nameTaken(tx, owner, given.name);
      await this.reservations.fill(tx, id, upload.digest);
      return { outcome: 'created', image: created };
    });
  }

  private async replace(
    tx: EntityManager,
    image: Image,
    upload: ReadableUpload,
    given: Given,
    check: (image: Image, same: boolean) => void,
  ): Promise<Filling> {
    const same = isSame(image, { digest: upload.digest, ...given });
    check(image, same);
    if (same) return { outcome: 'same', image };
    await this.images.holdBlob(tx, upload.digest);
    const replaced = await this.images.update(image, { ...bytesOf(upload), ...given }, tx);
    if (replaced === 'stale') throw new Error('an image changed under its lock');
    if (replaced === 'name-taken') return this.nameTaken(tx, image.owner, given.name);
    await this.quota.requireKept(tx, image.owner, upload.bytes - image.bytes);
    await this.images.loosenBlob(tx, image.digest);
    await this.images.queueHash(tx, replaced);
    await this.blobs.keep(upload);
    return { outcome: 'replaced', image: replaced };
  }

  /**
   * Inserts an image and makes its bytes durable, before the commit: a row never speaks of bytes that are not there.
   * null where its name is taken.
   */
  async insert(
    tx: EntityManager,
    { id, owner, name, labels, taskId, expiresAt, ...upload }: Insertion,
  ): Promise<Image | null> {
    await this.images.holdBlob(tx, upload.digest);
    const image = await this.images.insert(tx, {
      ...{ id, owner, ...bytesOf(upload) },
      ...(name === undefined ? {} : { name }),
      ...(labels === undefined ? {} : { labels }),
      ...(taskId === undefined ? {} : { taskId }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    if (image === null) return null;
    await this.quota.requireKept(tx, owner, upload.bytes);
    await this.images.queueHash(tx, image);
    await this.blobs.keep(upload);
    return image;
  }

  private async nameTaken(
    tx: EntityManager,
    owner: string,
    name = '',
  ): Promise<{ outcome: 'name-taken'; image: Image | null }> {
    // null: the holder has gone since, and the name is free for the next attempt.
    return { outcome: 'name-taken', image: await this.images.findByName(owner, name, tx) };
  }

  private within<T>(tx: EntityManager | undefined, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return tx === undefined ? this.images.transaction(work) : work(tx);
  }

  find(owner: string, id: string, tx?: EntityManager): Promise<Image | null> {
    return this.images.find(owner, id, tx);
  }

  /** Until the end of the transaction nobody else changes the image. false where there is none. */
  async hold(tx: EntityManager, owner: string, id: string): Promise<boolean> {
    return (await this.images.lock(tx, owner, id)) !== null;
  }

  async list(filter: ImageFilter, keyset: Keyset): Promise<Page<Image>> {
    return pageOf(await this.images.list(filter, keyset), keyset);
  }

  findByName(owner: string, name: string): Promise<Image | null> {
    return this.images.findByName(owner, name);
  }

  /**
   * Changes an image as `decide` says, which may also refuse by throwing. It is asked again about the newer state where
   * someone else was faster, so that no change is lost. null where there is no such image.
   */
  async change(owner: string, id: string, decide: (image: Image) => ImageChange): Promise<Image | 'name-taken' | null> {
    for (;;) {
      const image = await this.images.find(owner, id);
      if (image === null) return null;
      const changed = await this.images.update(image, decide(image));
      if (changed !== 'stale') return changed;
    }
  }

  /** Deletes an image unless `check` refuses by throwing. false where there is no such image. */
  async delete(owner: string, id: string, check: (image: Image) => void): Promise<boolean> {
    for (;;) {
      const image = await this.images.find(owner, id);
      if (image === null) return false;
      check(image);
      const end = await this.images.transaction((tx) => this.images.delete(tx, image));
      if (end === 'deleted') return true;
    }
  }

  /** Keeps an image until then, if it is not kept longer. false where there is none with these bytes. */
  keepUntil(kept: KeptImage, tx?: EntityManager): Promise<boolean> {
    return this.images.keepUntil(kept, tx);
  }

  /** Takes away up to `limit` images whose time is over. @returns how many */
  sweep(now: Date, limit: number): Promise<number> {
    return this.images.sweep(now, limit);
  }

  read(image: Image, start: number, end: number): Promise<Readable> {
    return this.blobs.read(image.digest, start, end);
  }
}
