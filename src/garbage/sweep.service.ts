import { Inject, Injectable, Logger } from '@nestjs/common';
import { Config } from '../config.js';
import { BlobStore } from '../storage/blob-store.js';
import { GarbageRepository } from './garbage.repository.js';

/** Rows in a statement: short enough that nobody waits for its locks or its log records. */
const batch = 2_000;

/** Folders of blobs that are compared with the database in one sweep; all 256 in some half an hour. */
const foldersPerSweep = 8;

/** A file in the making that is older was left by a process that died, ms; beside the longest that work may take. */
const temporaryAgeMs = 60 * 60 * 1000;

/** Takes away up to `limit` rows. @returns how many */
type SweepRows = (now: Date, limit: number) => Promise<number>;

type Rows =
  | (
      | 'reservations'
      | 'filled'
      | 'images'
      | 'texts'
      | 'tasks'
      | 'alerts'
      | 'queries'
      | 'invocations'
      | 'idempotencyKeys'
    )
  | 'usageNotes';

/** How the rows of each noun are swept. */
export class RowSweeps {
  constructor(readonly of: Readonly<Record<Rows, SweepRows>>) {}
}

/** What a sweep took away. */
export type Swept = Record<Rows | 'blobs' | 'temporaryFiles', number>;

/** Takes away what has had its time. Each step can be stopped anywhere, and run by several at once. */
@Injectable()
export class SweepService {
  private readonly logger = new Logger('sweep');
  private nextFolder = 0;

  constructor(
    private readonly rows: RowSweeps,
    private readonly garbage: GarbageRepository,
    private readonly blobs: BlobStore,
    @Inject(Config) private readonly config: Config,
  ) {}

  async sweep(now: Date): Promise<Swept> {
    const rows = (name: Rows): Promise<number> => inBatches((limit) => this.rows.of[name](now, limit));
    const swept: Swept = {
      reservations: await rows('reservations'),
      filled: await rows('filled'),
      images: await rows('images'),
      texts: await rows('texts'),
      tasks: await rows('tasks'),
      alerts: await rows('alerts'),
      queries: await rows('queries'),
      invocations: await rows('invocations'),
      idempotencyKeys: await rows('idempotencyKeys'),
      usageNotes: await rows('usageNotes'),
      blobs: (await this.sweepLooseBlobs()) + (await this.sweepOrphans(foldersPerSweep)),
      temporaryFiles: await this.blobs.sweepTemporary(this.temporaryBefore(now)),
    };
    const some = Object.entries(swept).filter(([, count]) => count > 0);
    if (some.length > 0) this.logger.log(`swept ${some.map(([what, count]) => `${count} ${what}`).join(', ')}`);
    return swept;
  }

  private temporaryBefore(now: Date): Date {
    return new Date(now.getTime() - this.config.TASK_SECONDS_MAX * 1000 - temporaryAgeMs);
  }

  /** Blobs that have lost a reference: was it the last? */
  private async sweepLooseBlobs(): Promise<number> {
    let swept = 0;
    for (let after = ''; ;) {
      const digests = await this.garbage.loose(after, batch);
      for (const digest of digests) swept += (await this.removeBlob(digest)) ? 1 : 0;
      const last = digests.at(-1);
      if (last === undefined || digests.length < batch) return swept;
      after = last;
    }
  }

  /** Blobs that no row ever spoke of: their process died between the file and the commit. A few folders at a time. */
  async sweepOrphans(folders: number): Promise<number> {
    let swept = 0;
    for (let step = 0; step < folders; step += 1) {
      const digests = await this.blobs.list(this.nextFolder);
      this.nextFolder = (this.nextFolder + 1) % 256;
      for (const digest of await this.garbage.unreferred(digests)) swept += (await this.removeBlob(digest)) ? 1 : 0;
    }
    return swept;
  }

  private removeBlob(digest: string): Promise<boolean> {
    return this.garbage.transaction(async (tx) => {
      const unreferred = await this.garbage.lockUnreferred(tx, digest);
      const removed = unreferred && (await this.blobs.remove(digest));
      await this.garbage.forget(tx, digest);
      return removed;
    });
  }
}

async function inBatches(sweep: (limit: number) => Promise<number>): Promise<number> {
  for (let total = 0; ;) {
    const count = await sweep(batch);
    total += count;
    if (count < batch) return total;
  }
}
