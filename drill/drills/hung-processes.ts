import { type Drill } from '../drill.js';
import { signal } from '../program.js';

/** A process that is silent for so long is taken for hung, seconds. */
const hangSeconds = 4;

export const hungProcesses: Drill = {
  name: 'hung-processes',
  summary: 'API and worker stand still (SIGSTOP) for good: each is replaced by the process that keeps them',
  seconds: 16,
  async run(scene) {
    const program = await scene.start({ environment: { HANG_SECONDS: String(hangSeconds) } });
    // Not before it has said that it is ready: a start may take longer.
    await scene.recovered(performance.now());
    for (const part of ['worker', 'api'] as const) {
      const hung = await program.pidOf(part);
      const all = scene.load.many(12, { atOnce: 3 });
      signal([hung], 'SIGSTOP');
      scene.faults += 1;
      scene.killed = true;
      const since = performance.now();
      await Promise.all([all, scene.recovered(since)]);
      await scene.gone([hung]);
    }
  },
};
