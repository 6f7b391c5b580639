import { type Drill } from '../drill.js';

/** It ends within this, ms. */
const endMs = 10_000;

export const terminated: Drill = {
  name: 'terminated',
  summary: 'SIGTERM with everything in hand, as an operator stops it; started again each time',
  seconds: 14,
  async run(scene) {
    const program = await scene.start();
    for (let round = 0; round < 2; round += 1) {
      const before = scene.ledger.accepted().size;
      const all = scene.load.many(30);
      await scene.ledger.untilAccepted(before + scene.chance.between(5, 20));
      const since = performance.now();
      const code = await program.terminate();
      scene.faults += 1;
      const took = performance.now() - since;
      scene.expect(code === 0 && took < endMs * scene.slowness, `it ended with ${code} after ${Math.round(took)} ms`);
      await scene.restart();
      await Promise.all([all, scene.recovered(since)]);
    }
  },
};
