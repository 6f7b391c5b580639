import { type Drill } from '../drill.js';

export const killedPostgres: Drill = {
  name: 'killed-postgres',
  summary: 'kill -9 of its own PostgreSQL under load: of the postmaster, of a process of it, of all',
  seconds: 20,
  async run(scene) {
    const program = await scene.start({ database: 'own' });
    const parts = () => [...program.pids('api'), ...program.pids('worker')];
    await scene.recovered(performance.now());
    const before = parts();
    for (const victims of ['postmaster', 'backend', 'all'] as const) {
      const accepted = scene.ledger.accepted().size;
      const all = scene.load.many(30);
      await scene.ledger.untilAccepted(accepted + scene.chance.between(5, 20));
      const [postmaster = 0, ...others] = await program.postgres();
      const killed = { postmaster: [postmaster], backend: others.slice(-1), all: [postmaster, ...others] }[victims];
      scene.kill(killed);
      await Promise.all([all, scene.recovered(performance.now())]);
      scene.expect(parts().join() === before.join(), `the death of ${victims} took a process with it`);
    }
  },
};
