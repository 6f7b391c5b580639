import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { readlinkSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { BlobStore } from '../../src/storage/blob-store.js';

let folder: string;
let store: BlobStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-blobs-'));
  store = await BlobStore.open(folder);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** The paths that are synced from now on, in their order. */
async function syncs(): Promise<string[]> {
  const handle = await open(folder);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const paths: string[] = [];
  const sync = Reflect.get<FileHandle, 'sync'>(prototype, 'sync');
  jest.spyOn(prototype, 'sync').mockImplementation(function (this: FileHandle) {
    paths.push(readlinkSync(`/proc/self/fd/${this.fd}`));
    return sync.call(this);
  });
  return paths;
}

test('what is kept is durable: the file, its folder, and, where that is new, the folder’s own entry', async () => {
  const synced = await syncs();
  const first = await store.receive(Readable.from([Buffer.from('one')]), 100);
  await store.keep(first);
  const prefix = join(folder, first.digest.slice(0, 2));
  expect(synced).toEqual([first.path, folder, prefix]);
  const again = await store.receive(Readable.from([Buffer.from('one')]), 100);
  await store.keep(again);
  expect(synced.slice(3)).toEqual([again.path, prefix]);
});

test('a blob that is not there cannot be read', async () => {
  await expect(store.read('0'.repeat(64), 0, 1)).rejects.toMatchObject({ code: 'ENOENT' });
});
