import { Injectable } from '@nestjs/common';
import { Processing } from '../processing/processing.js';
import { BlobStore } from '../storage/blob-store.js';
import { type Image } from './image.js';
import { ImagesRepository } from './images.repository.js';

/** What images look like, so that others can be found that look alike. */
@Injectable()
export class LooksService {
  constructor(
    private readonly images: ImagesRepository,
    private readonly blobs: BlobStore,
    private readonly processing: Processing,
  ) {}

  /** Is it there → look → note. @throws the reason of the signal; Error where its bytes cannot be read */
  async find(image: Pick<Image, 'id' | 'digest'>, signal: AbortSignal): Promise<void> {
    if (!(await this.images.exists(image))) return;
    const hash = await this.processing.hash(this.blobs.path(image.digest), signal);
    signal.throwIfAborted();
    if (hash !== null) await this.images.noteHash(image, hash);
  }
}
