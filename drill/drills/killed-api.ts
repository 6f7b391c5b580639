import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Drill } from '../drill.js';
import { temporaryIn } from '../evidence.js';
import { type Scene } from '../scene.js';

/** Brings the API to where it is to be killed. @returns what goes on afterwards */
type Moment = (scene: Scene) => Promise<() => Promise<unknown>>;

/** Half of an upload has come, and is in a file. */
const uploading: Moment = async ({ load, dataDir, defer }) => {
  const socket = connect(Number(new URL(load.origin).port), '127.0.0.1').on('error', () => undefined);
  defer(() => socket.destroy());
  const fields = ['Host: localhost', 'Content-Type: image/png', `Content-Length: ${2 ** 21}`];
  socket.write(`POST /images HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`);
  socket.write(Buffer.alloc(2 ** 20));
  while ((await temporaryIn(dataDir)).length === 0) await sleep(5);
  return () => Promise.resolve();
};

/** It is in the middle of the transaction that accepts a task, in front of a table that is held. */
const accepting =
  (table: string, manner: 'post' | 'put' | 'upload'): Moment =>
  async ({ sql, load }) => {
    const wish = await load.next({ manner });
    const target = manner === 'put' ? await load.mint() : undefined;
    const hold = await sql.hold(`lock table ${table} in share row exclusive mode`);
    const asked = load.once(wish, target);
    await hold.waitedFor('api');
    return async () => {
      await hold[Symbol.asyncDispose]();
      await asked;
      await load.insist(wish, target);
    };
  };

/** Many at once, wherever they are. */
const busy: Moment = async ({ load, ledger, chance }) => {
  const before = ledger.accepted().size;
  const all = load.many(30);
  await ledger.untilAccepted(before + chance.between(5, 20));
  return () => all;
};

export const killedApi: Drill = {
  name: 'killed-api',
  summary: 'kill -9 of the API in the middle of an upload, of accepting in each manner, and with many requests in hand',
  seconds: 20,
  async run(scene) {
    const program = await scene.start();
    const moments = [
      ...[uploading, accepting('tasks', 'post'), accepting('images', 'upload'), accepting('reservations', 'put')],
      ...[accepting('idempotency_keys', 'post'), busy],
    ];
    for (const moment of moments) {
      const goOn = await moment(scene);
      const pid = await program.pidOf('api');
      scene.kill([pid]);
      const since = performance.now();
      await Promise.all([goOn(), scene.recovered(since)]);
    }
  },
};
