import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { letGo } from '../let-go.js';
import { Problem } from '../problems.js';
import { hasCode } from '../system-error.js';

/** Bytes that arrived and are not kept yet: a temporary file with its digest. */
export interface Incoming {
  path: string;
  /** SHA-256, hexadecimal. */
  digest: string;
  bytes: number;
}

/**
 * Blobs on disk, addressed by their SHA-256 and stored once each. A blob appears whole or not at all: it is written to
 * a temporary file, synced, renamed into place, and the folder is synced, before anyone is told of it.
 */
export class BlobStore {
  private readonly incoming: string;
  /** Folders whose entry in ours is on disk. */
  private readonly lasting = new Set<string>();

  private constructor(private readonly folder: string) {
    this.incoming = join(folder, 'incoming');
  }

  static async open(folder: string): Promise<BlobStore> {
    const store = new BlobStore(folder);
    await mkdir(store.incoming, { recursive: true, mode: 0o700 });
    await sync(dirname(folder));
    return store;
  }

  /**
   * Streams bytes into a temporary file, hashing as they come; never whole in memory. Chunks are let go of once they are written:
   * they are to be nobody else's.
   * @throws Problem 413 past `bytesMax`, also in mid-stream; 507 when the disk is full; whatever the source throws.
   *   Nothing is left behind then.
   */
  async receive(source: Readable, bytesMax: number): Promise<Incoming> {
    const path = this.temporary();
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      await using file = await open(path, 'wx', 0o600);
      for await (const batch of batchesOf(source, bytesMax)) {
        for (const chunk of batch) {
          bytes += chunk.length;
          hash.update(chunk);
        }
        await writeAll(file, batch);
        for (const chunk of batch) letGo(chunk);
      }
    } catch (error) {
      await this.discard({ path });
      throw orStorageFull(error);
    }
    return { path, digest: hash.digest('hex'), bytes };
  }

  /** A path for a file in the making. */
  temporary(): string {
    return join(this.incoming, randomUUID());
  }

  /** A finished temporary file, written by someone else, measured and hashed. */
  async measure(path: string): Promise<Incoming> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return { path, digest: hash.digest('hex'), bytes: (await stat(path)).size };
  }

  /** Makes what arrived durable. After this the digest may be committed to the database. */
  async keep({ path, digest }: Incoming): Promise<void> {
    const target = this.path(digest);
    try {
      await sync(path);
      await this.makeLasting(dirname(target));
      await rename(path, target);
      await sync(dirname(target));
    } catch (error) {
      await this.discard({ path });
      throw orStorageFull(error);
    }
  }

  /**
   * A new folder is an entry of its parent: without the sync a power cut could take it away with all that is in it. Once a
   * process, for another may have made it a moment ago and not be there yet.
   */
  private async makeLasting(folder: string): Promise<void> {
    const made = await mkdir(folder, { recursive: true });
    if (made === undefined && this.lasting.has(folder)) return;
    await sync(this.folder);
    this.lasting.add(folder);
  }

  async discard({ path }: Pick<Incoming, 'path'>): Promise<void> {
    await removed(path);
  }

  /** Digests of the blobs in one of the 256 folders. */
  async list(folder: number): Promise<string[]> {
    try {
      return await readdir(join(this.folder, folder.toString(16).padStart(2, '0')));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** false where it is gone already. */
  remove(digest: string): Promise<boolean> {
    return removed(this.path(digest));
  }

  /** Removes files in the making that nobody has written to since. @returns how many */
  async sweepTemporary(before: Date): Promise<number> {
    let swept = 0;
    for (const name of await readdir(this.incoming)) {
      const path = join(this.incoming, name);
      const { mtime } = await stat(path).catch(() => ({ mtime: new Date() }));
      if (mtime >= before) continue;
      await this.discard({ path });
      swept += 1;
    }
    return swept;
  }

  /** Where a blob lies, for native code that reads files. */
  path(digest: string): string {
    return join(this.folder, digest.slice(0, 2), digest);
  }

  /** The bytes from start to end, both inclusive. Rejects where the blob cannot be opened. */
  async read(digest: string, start: number, end: number): Promise<Readable> {
    return (await open(this.path(digest), 'r')).createReadStream({ start, end });
  }
}

/** false where it is gone already. */
async function removed(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Bytes that are written at once: a socket gives them by 64 KiB, and each write costs a turn of a thread. */
const batchBytes = 256 * 1024;

/** @throws Problem 413 as soon as there are more */
async function* batchesOf(source: Readable, bytesMax: number): AsyncGenerator<Buffer[]> {
  let chunks: Buffer[] = [];
  let length = 0;
  let left = bytesMax;
  for await (const chunk of source) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('A stream of bytes is expected.');
    left -= chunk.length;
    if (left < 0) throw tooLarge(bytesMax);
    chunks.push(chunk);
    length += chunk.length;
    if (length < batchBytes) continue;
    yield chunks;
    chunks = [];
    length = 0;
  }
  if (length > 0) yield chunks;
}

/** As they are: one buffer made of them would be as much garbage again, and collecting that costs more than all the writing. */
async function writeAll(file: FileHandle, chunks: Buffer[]): Promise<void> {
  let { bytesWritten: written } = await file.writev(chunks);
  for (const chunk of chunks) {
    // Where the disk has no room for all of it, the next write says so.
    if (written < chunk.length) await file.writeFile(chunk.subarray(written));
    written = Math.max(0, written - chunk.length);
  }
}

function tooLarge(bytesMax: number): Problem {
  return new Problem('body-too-large', {
    detail: `An image is at most ${bytesMax} bytes.`,
    members: { limit: bytesMax },
  });
}

/** fsync of a file or a folder. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function orStorageFull(error: unknown): unknown {
  // EFBIG: the limit on the size of files (RLIMIT_FSIZE, or the file system's own).
  return hasCode(error, 'ENOSPC', 'EDQUOT', 'EFBIG') ? new Problem('storage-full', { cause: error }) : error;
}
