import { type Drill } from '../drill.js';
import { type Program } from '../program.js';

/** Who is killed: the first process alone, which the others do not outlive; all; all and the database. */
const victims: Record<string, (program: Program) => Promise<number[]>> = {
  first: (program) => Promise.resolve([program.pid]),
  all: (program) => Promise.resolve(program.family()),
  database: async (program) => [...program.family(), ...(await program.postgres())],
};

export const killedAll: Drill = {
  name: 'killed-all',
  summary:
    'kill -9 with everything in hand of the first process, of all, and of all and the database; started again each time',
  seconds: 25,
  async run(scene) {
    scene.allowances.crashes = true;
    const program = await scene.start({ database: 'own' });
    for (const pids of Object.values(victims)) {
      const before = scene.ledger.accepted().size;
      const all = scene.load.many(30);
      await scene.ledger.untilAccepted(before + scene.chance.between(5, 25));
      const family = program.family();
      scene.kill(await pids(program));
      const since = performance.now();
      await scene.gone(family);
      await program.exited;
      await scene.restart();
      await Promise.all([all, scene.recovered(since)]);
    }
  },
};
