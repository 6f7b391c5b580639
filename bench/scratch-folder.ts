import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
}

/** A folder for as long as it is in use. Started as root, PostgreSQL is another user, who must get in. */
export async function scratchFolder(parent: string = tmpdir()): Promise<ScratchFolder> {
  const path = await mkdtemp(join(parent, 'darkroom-bench-'));
  await chmod(path, 0o755);
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
  };
}
