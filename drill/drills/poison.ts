import sharp from 'sharp';
import { familyOf, readProc } from '../../bench/process-family.js';
import { type Drill } from '../drill.js';
import { signal } from '../program.js';
import { type Scene } from '../scene.js';

const attempts = 3;

/** Waits until the worker's child is at work on that task, for the so manyth time, and gives it a signal. */
async function strike(scene: Scene, id: string, attempt: number, name: NodeJS.Signals): Promise<void> {
  const atWork = "select from tasks where id = $1 and attempt = $2 and progress is not null and state = 'pending'";
  await scene.sql.until(atWork, [id, attempt]);
  const family = familyOf(await scene.program.pidOf('worker'));
  signal(
    family.filter((pid) => readProc(`${pid}/cmdline`).includes('child.js')),
    name,
  );
  scene.faults += 1;
}

/** Some seconds of work: long enough to be met at it. */
const long = (seed: number): object[] => [
  { operation: 'rotate', angle: seed + 0.5 },
  { operation: 'resize', width: 1600 },
  { operation: 'convert', format: 'avif', effort: 4 },
];

export const poison: Drill = {
  name: 'poison',
  summary: 'among good tasks: what crashes its child each time, hangs in it, takes too much memory, or is no image',
  seconds: 30,
  async run(scene) {
    const environment = { WORKER_CONCURRENCY: '1', TASK_SECONDS_MAX: '15', CHILD_BYTES_MAX: String(256 * 2 ** 20) };
    await scene.start({ environment });
    const { load } = scene;
    const crash = await load.insist(await load.next({ operations: long(1), ends: ['crashed'] }));
    await load.many(5);
    await strike(scene, crash, 1, 'SIGSEGV');
    const hang = await load.insist(await load.next({ operations: long(2), ends: ['timeout'] }));
    await strike(scene, hang, 1, 'SIGSTOP');
    const vast = await sharp({ create: { width: 6000, height: 6000, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    // It needs several copies of all pixels for seconds.
    const greedy = [{ operation: 'normalise' }, { operation: 'binarise' }];
    await load.insist(await load.next({ manner: 'upload', image: vast, operations: greedy, ends: ['too-large'] }));
    await load.insist(await load.next({ manner: 'upload', image: Buffer.from('no image'), ends: ['invalid-image'] }));
    scene.faults += 2;
    await load.many(5);
    for (let attempt = 2; attempt <= attempts; attempt += 1) await strike(scene, crash, attempt, 'SIGSEGV');
    await scene.recovered(performance.now());
  },
};
