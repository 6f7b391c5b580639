import { type Drill } from '../drill.js';

export const killedAll: Drill = {
  name: 'killed-all',
  summary: 'kill -9 of all processes at once with everything in hand, with its own database and without; started again each time',
  seconds: 25,
  async run(scene) {
    const program = await scene.start({ database: 'own' });
    for (const withDatabase of [false, true, false]) {
      const before = scene.ledger.accepted().size;
      const all = scene.load.many(30);
      await scene.ledger.untilAccepted(before + scene.chance.between(5, 25));
      const postgres = withDatabase ? await program.postgres() : [];
      scene.kill([...program.family(), ...postgres]);
      const since = performance.now();
      await program.exited;
      await scene.restart();
      await Promise.all([all, scene.recovered(since)]);
    }
  },
};
