import { type Drill } from '../drill.js';
import { type Scene } from '../scene.js';
import { heavy, picture, sha256 } from '../wishes.js';

/** A moment at which a worker is killed: resolves when it has come, with what holds it there. */
type Moment = (scene: Scene) => Promise<AsyncDisposable | undefined>;

/** It works on pixels. */
const processing: Moment = async ({ sql, load }) => {
  await load.many(3, { operations: heavy });
  await sql.until("select from tasks where state = 'pending' and started_at is not null");
  return undefined;
};

/** It waits in the middle of a transaction for a table that is held. */
const writing =
  (table: string): Moment =>
  async ({ sql, load }) => {
    const hold = await sql.hold(`lock table ${table} in share row exclusive mode`);
    await load.insist(await load.next({ manner: 'post' }));
    await hold.waitedFor('worker');
    return hold;
  };

/** A receiver has got the callback, and has not answered yet. */
const delivering: Moment = async ({ load, receiver }) => {
  const wish = await load.next({ manner: 'post' });
  const path = `/${wish.key}`;
  receiver.at(path, (_received, response, count) => (count === 1 ? undefined : response.writeHead(204).end()));
  await load.insist(wish);
  await receiver.until(path, 1);
  return undefined;
};

/** It is about to take away the bytes of an image that was deleted. */
const sweeping: Moment = async ({ sql, load }) => {
  const body = await picture(100_000);
  const image = await load.store(body);
  const hold = await sql.hold('select pg_advisory_xact_lock(hashtextextended($1, 2))', [sha256(body)]);
  await load.ask('DELETE', `/images/${image}`);
  await hold.waitedFor('worker');
  return hold;
};

export const killedWorker: Drill = {
  name: 'killed-worker',
  summary: 'kill -9 of the worker while it processes, stores, finishes, delivers, records and sweeps',
  seconds: 25,
  async run(scene) {
    scene.allowances.crashes = true;
    const program = await scene.start({ environment: { SWEEP_SECONDS: '1' } });
    const moments = [processing, writing('images'), writing('alerts'), delivering, writing('deliveries'), sweeping];
    for (const moment of moments) {
      const held = await moment(scene);
      scene.kill([await program.pidOf('worker')]);
      await held?.[Symbol.asyncDispose]();
    }
    const since = performance.now();
    await scene.load.many(6);
    await scene.recovered(since);
  },
};
