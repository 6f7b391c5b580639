import { type FileHandle, open } from 'node:fs/promises';
import { type Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../config.js';
import { ImagesService } from '../images/images.service.js';
import { type Description } from '../processing/description.js';
import { type Failure } from '../processing/failure.js';
import { type Header, type WrittenHeader } from '../processing/header.js';
import { type OperationCall } from '../processing/operation.js';
import { type Durations } from '../processing/pipeline.js';
import { BlobStore, type Incoming } from '../storage/blob-store.js';
import { EstimatesService } from '../tasks/estimates.service.js';
import { inputIdsOf, inputPaths } from '../tasks/task-inputs.js';
import { Admission } from './admission.js';
import { EphemeralProcessing } from './ephemeral-processing.js';

export interface Inspected {
  readonly ok: true;
  readonly header: Header;
  /** null where the image could not be looked into, or not in time. */
  readonly description: Description | null;
}

/** What was made. Its file has no name any more: it is gone with its handle. */
export interface Preview {
  readonly ok: true;
  readonly header: WrittenHeader;
  readonly durations: Durations & { readonly wait: number };
  readonly file: FileHandle;
}

export interface PreviewOrder {
  readonly owner: string;
  readonly upload: Incoming;
  readonly operations: readonly OperationCall[];
  /** Is told the media type of what was made, and refuses it by throwing. */
  readonly check: (mediaType: string) => void;
}

interface Inputs {
  readonly ok: true;
  readonly paths: Record<string, string>;
}

/** An operation names an image that is not there. */
export interface NoSuchImage {
  readonly ok: false;
  readonly reason: 'no-such-image';
  readonly id: string;
}

/** Work on images for a caller who waits: no row, no blob, and no file once it has ended. */
@Injectable()
export class EphemeralService {
  private readonly admission: Admission;

  constructor(
    private readonly processing: EphemeralProcessing,
    private readonly blobs: BlobStore,
    private readonly images: ImagesService,
    private readonly estimates: EstimatesService,
    @Inject(Config) private readonly config: Config,
  ) {
    const { PREVIEW_CONCURRENCY, PREVIEW_QUEUE_MAX, PREVIEW_SECONDS_MAX } = config;
    this.admission = new Admission(PREVIEW_CONCURRENCY, PREVIEW_QUEUE_MAX, PREVIEW_SECONDS_MAX);
  }

  /** How many work or wait. */
  get underWay(): number {
    return this.admission.inside;
  }

  /** Before anything is taken in. @throws Problem 503 */
  refuseIfFull(): void {
    this.admission.refuseIfFull();
  }

  receive(source: Readable, bytesMax: number): Promise<Incoming> {
    return this.blobs.receive(source, bytesMax);
  }

  discard(upload: Incoming): Promise<void> {
    return this.blobs.discard(upload);
  }

  /** The header decides whether it is an image; what its pixels and metadata tell is told as far as it can be. */
  inspect({ path }: Incoming, signal: AbortSignal): Promise<Inspected | Failure> {
    return this.admission.run(async () => {
      const inspection = await this.processing.inspect(path, signal);
      if (!inspection.ok) return inspection;
      return { ...inspection, description: await this.processing.describe(path, signal) };
    });
  }

  /** What a task would make of an image that is not kept. */
  async preview(order: PreviewOrder, signal: AbortSignal): Promise<Preview | NoSuchImage | Failure> {
    const inputs = await this.inputsOf(order);
    if (!inputs.ok) return inputs;
    return this.admission.run(() => this.make(order, inputs.paths, signal));
  }

  private async make(
    { upload, operations, check }: PreviewOrder,
    inputs: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Preview | Failure> {
    const output = this.blobs.temporary();
    const began = performance.now();
    const { PREVIEW_SECONDS_MAX: secondsMax, PREVIEW_PIXELS_MAX: pixelsMax } = this.config;
    const budget = { secondsMax, pixelsMax, rates: [...this.estimates.rates()] };
    try {
      const made = await this.processing.process({ input: upload.path, output, operations, inputs, budget, signal });
      if (!made.ok) return made;
      const { header, durations } = made;
      if (header === undefined) throw new Error('a preview became a text');
      check(header.mediaType);
      const wait = performance.now() - began - durations.total;
      return { ok: true, header, durations: { ...durations, wait }, file: await open(output) };
    } finally {
      await this.blobs.discard({ path: output });
    }
  }

  /** Where the stored images lie that operations name. */
  private async inputsOf({ owner, operations }: PreviewOrder): Promise<Inputs | NoSuchImage> {
    const found = [];
    for (const id of inputIdsOf(operations)) {
      const image = await this.images.find(owner, id);
      if (image === null) return { ok: false, reason: 'no-such-image', id };
      found.push({ image: id, digest: image.digest });
    }
    return { ok: true, paths: inputPaths(found, (digest) => this.blobs.path(digest)) };
  }
}
