import { type Drill } from '../drill.js';
import { signal } from '../program.js';
import { heavy } from '../wishes.js';

export const hungWorker: Drill = {
  name: 'hung-worker',
  summary: 'a worker stands still (SIGSTOP) until another has done its work, then goes on where it was',
  seconds: 30,
  async run(scene) {
    await scene.start({ role: 'api' });
    const worker = () => scene.add({ role: 'worker', databaseUrl: scene.databaseUrl, environment: {} });
    for (const table of [undefined, 'alerts']) {
      const hung = await worker();
      const hold =
        table === undefined ? undefined : await scene.sql.hold(`lock table ${table} in share row exclusive mode`);
      const id = await scene.load.insist(await scene.load.next({ manner: 'post', operations: heavy(scene.faults) }));
      if (hold === undefined) await scene.sql.until('select from tasks where id = $1 and started_at is not null', [id]);
      else await hold.waitedFor('worker');
      signal([hung.pid], 'SIGSTOP');
      scene.faults += 1;
      const since = performance.now();
      await hold?.[Symbol.asyncDispose]();
      // What a network or a keep-alive would do in time: the server gives its sessions up.
      const sessions = `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = any($1)`;
      await scene.sql.rows(sessions, [['darkroom liveness', 'darkroom worker']]);
      const other = await worker();
      const state = await scene.ended(id);
      scene.recoveries.push((performance.now() - since) / 1000);
      scene.expect(state === 'ok', `the task of a worker that hangs ended as ${state}`);
      signal([hung.pid], 'SIGCONT');
      // It ends when it is done with what it had in hand, or has no time for that any more.
      scene.killed = true;
      await hung.terminate();
      scene.expect((await scene.ended(id)) === 'ok', 'a late writer has changed the end of a task');
      await scene.recovered(performance.now());
      if (table === undefined) await other.terminate();
    }
  },
};
