import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Drill } from '../drill.js';
import { temporaryIn } from '../evidence.js';
import { png } from '../../test/support/pictures.js';

const run = promisify(execFile);

/** Every file that these processes write ends there: what a full disk is to what they store. */
async function limitFiles(pids: readonly number[], bytes: number | 'unlimited'): Promise<void> {
  // The soft limit alone, so that it can be raised again; util-linux has the program.
  for (const pid of pids)
    await run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]).catch(() => undefined);
}

export const fullDisk: Drill = {
  name: 'full-disk',
  summary: 'no file of the service may grow beyond 16 KiB for a while: uploads get 507, outcomes wait for room',
  seconds: 20,
  async run(scene) {
    const program = await scene.start();
    const large = await scene.load.store(await png({ width: 200, height: 150, seed: 77 }));
    await limitFiles(program.family(), 16 * 1024);
    scene.faults += 1;
    // What is stored already can be asked for, and cannot be made.
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => scene.load.next({ manner: 'post', image: large })),
    );
    for (const wish of outcomes) await scene.load.insist(wish);
    const upload = await png({ width: 200, height: 150, seed: 78 });
    for (const path of ['/images', '/images/tasks']) {
      const wish = await scene.load.next({ manner: 'upload', image: upload, told: false });
      const content = path === '/images' ? { contentType: 'image/png', body: upload } : wish;
      const reply = await scene.load.ask('POST', path, { ...content, key: undefined });
      scene.expect(reply?.status === 507, `an upload to ${path} got ${reply?.status} on a full disk`);
      scene.ledger.wishes.delete(wish.key);
    }
    await scene.load.many(6);
    const tried = 'select from graphile_worker._private_jobs where attempts > 0 and last_error is not null';
    await scene.sql.until(tried);
    const left = (await temporaryIn(scene.dataDir)).length;
    scene.expect(left <= 4, `${left} files in the making are left on a full disk`);
    await limitFiles(program.family(), 'unlimited');
    const since = performance.now();
    await scene.load.insist(await scene.load.next({ manner: 'upload', image: upload, told: false }));
    await scene.recovered(since);
  },
};
