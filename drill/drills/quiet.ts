import { type Drill } from '../drill.js';

/** What all other drills are compared with. */
export const quiet: Drill = {
  name: 'quiet',
  summary: 'nothing: tasks of all manners, a part of them followed to their end',
  seconds: 4,
  async run(scene) {
    await scene.start();
    await scene.load.many(60);
    for (const id of [...scene.ledger.accepted().values()].slice(-8)) scene.watchers.follow(id);
    await scene.recovered(performance.now());
  },
};
