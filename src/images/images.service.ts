import { randomUUIDv7 } from 'node:crypto';
import { type Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Keyset, type Page, pageOf } from '../page.js';
import { type Header } from '../processing/header.js';
import { type Inspection, Processing } from '../processing/processing.js';
import { BlobStore, type Incoming } from '../storage/blob-store.js';
import { type Image, type ImageChange, type NewImage } from './image.js';
import { type ImageFilter, ImagesRepository } from './images.repository.js';

/** An image that arrived and is not a resource yet. */
export interface Upload extends Incoming {
  inspection: Inspection;
}

/** An upload whose header could be read. */
export type ReadableUpload = Incoming & { header: Pick<Header, 'mediaType' | 'width' | 'height' | 'pages'> };

export type Creation =
  | { outcome: 'created'; image: Image }
  | { outcome: 'same-bytes'; image: Image }
  | { outcome: 'name-taken'; image: Image };

@Injectable()
export class ImagesService {
  constructor(
    private readonly images: ImagesRepository,
    private readonly blobs: BlobStore,
    private readonly processing: Processing,
  ) {}

  /** Takes bytes in and tells what they are. The caller creates an image of them, or discards them. */
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

  keep(upload: Incoming): Promise<void> {
    return this.blobs.keep(upload);
  }

  /**
   * Creates an image of an upload, unless its name is taken, or no name is given and an image has the same bytes.
   * Of simultaneous creations of a name, or of the same bytes without one, exactly one is `created`.
   */
  async create(
    owner: string,
    upload: ReadableUpload,
    given: { name?: string; labels?: Record<string, string> },
  ): Promise<Creation> {
    try {
      return await this.images.transaction((tx) => this.createIn(tx, owner, upload, given));
    } finally {
      await this.blobs.discard(upload);
    }
  }

  private async createIn(
    tx: EntityManager,
    owner: string,
    upload: ReadableUpload,
    given: { name?: string; labels?: Record<string, string> },
  ): Promise<Creation> {
    if (given.name === undefined) {
      await this.images.lockDigest(tx, owner, upload.digest);
      const image = await this.images.findOriginal(tx, owner, upload.digest);
      if (image) return { outcome: 'same-bytes', image };
    }
    const image = await this.insert(tx, { id: randomUUIDv7(), owner, ...upload, ...given });
    if (image) {
      // Before the commit: a row never speaks of bytes that are not durable.
      await this.blobs.keep(upload);
      return { outcome: 'created', image };
    }
    const holder = given.name === undefined ? null : await this.images.findByName(owner, given.name, tx);
    if (!holder) throw new Error('an image was refused without a name that is taken');
    return { outcome: 'name-taken', image: holder };
  }

  /** Inserts an image whose bytes are kept already; null where its name is taken. */
  insert(
    tx: EntityManager,
    image: Pick<NewImage, 'id' | 'owner' | 'name' | 'labels' | 'taskId' | 'expiresAt'> & ReadableUpload,
  ): Promise<Image | null> {
    const { id, owner, digest, bytes, header, name, labels, taskId, expiresAt } = image;
    return this.images.insert(tx, {
      ...{ id, owner, digest, bytes },
      ...{ mediaType: header.mediaType, width: header.width, height: header.height, pages: header.pages },
      ...(name === undefined ? {} : { name }),
      ...(labels === undefined ? {} : { labels }),
      ...(taskId === undefined ? {} : { taskId }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
  }

  find(owner: string, id: string): Promise<Image | null> {
    return this.images.find(owner, id);
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
      if ((await this.images.delete(image)) === 'deleted') return true;
    }
  }

  read(image: Image, start: number, end: number): Readable {
    return this.blobs.read(image.digest, start, end);
  }
}
