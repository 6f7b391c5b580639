import { Injectable } from '@nestjs/common';
import { Processing } from '../processing/processing.js';
import { type JobContext, type JobHandler } from '../queue/job-handler.js';
import { type Jobs } from '../queue/jobs.js';
import { BlobStore } from '../storage/blob-store.js';
import { ImagesService } from './images.service.js';

/** look → note: what an image looks like, so that others can be found that look alike. */
@Injectable()
export class HashImageJob implements JobHandler<'hash-image'> {
  readonly job = 'hash-image';

  constructor(
    private readonly images: ImagesService,
    private readonly processing: Processing,
    private readonly blobs: BlobStore,
  ) {}

  async run({ imageId, digest }: Jobs['hash-image'], { signal }: JobContext): Promise<void> {
    const hash = await this.processing.hash(this.blobs.path(digest), signal);
    signal.throwIfAborted();
    if (hash !== null) await this.images.noteHash({ id: imageId, digest }, hash);
  }
}
