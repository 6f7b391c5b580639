import { setTimeout as sleep } from 'node:timers/promises';
import { type Drill } from '../drill.js';

const [sessions, everyMs] = [40, 200];

export const brokenSessions: Drill = {
  name: 'broken-sessions',
  summary: `pg_terminate_backend of ${sessions} sessions of any kind, five a second, under load`,
  seconds: 20,
  async run(scene) {
    const program = await scene.start();
    await scene.recovered(performance.now());
    const parts = () => [...program.pids('api'), ...program.pids('worker')];
    const before = parts();
    const all = scene.load.many(80, { atOnce: 4 });
    for (let session = 0; session < sessions; session += 1) {
      const others = "datname = current_database() and application_name <> 'drill' and backend_type = 'client backend'";
      const found = await scene.sql.rows<{ pid: number }>(
        `select pid from pg_stat_activity where ${others} order by pid`,
      );
      const [first, ...rest] = found.map(({ pid }) => pid);
      if (first !== undefined) {
        await scene.sql.rows('select pg_terminate_backend($1)', [scene.chance.of([first, ...rest])]);
        scene.faults += 1;
      }
      await sleep(everyMs);
    }
    await Promise.all([all, scene.recovered(performance.now())]);
    scene.expect(parts().join() === before.join(), 'a process ended because a session of its did');
  },
};
