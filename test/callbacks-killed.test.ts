import { expect, test } from '@jest/globals';
import pg from 'pg';
import { jpeg } from './support/pictures.js';
import { Receiver } from './support/receiver.js';
import { ServiceProcess } from './support/process.js';

const count = 200;
const kills = 5;

/** Repeatable chance (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test(`${count} tasks with callbacks, killed ${kills} times with everything in hand: each ends, in one alert, which arrives`, async () => {
  const chance = random(20_261_125);
  const receiver = await Receiver.start();
  const service = await ServiceProcess.start({ environment: { CALLBACK_PRIVATE_ADDRESSES: 'allow' } });
  const database = new pg.Client({ connectionString: service.database.url });
  await database.connect();
  try {
    const image = (await service.client.post('/images', await jpeg(), { 'Content-Type': 'image/jpeg' })).json.id;
    const accepted: string[] = [];
    const accept = async (index: number): Promise<void> => {
      const body = {
        image,
        operations: [{ operation: 'rotate', angle: index % 360 }],
        callback: { url: receiver.urlOf('/') },
      };
      // Whoever sees no answer asks for another task: this one may be there or not.
      const reply = await service.client.post('/images/tasks', body).catch(() => undefined);
      if (reply?.status === 202) accepted.push(reply.json.id);
    };
    for (let kill = 0; kill < kills; kill += 1) {
      const batch = Array.from({ length: count / kills }, (_, index) => accept(kill * 100 + index));
      const moment = chance();
      // At a random moment: while they are accepted, worked on, announced or delivered.
      await receiver.until('/', receiver.of('/').length + Math.floor((moment * count) / kills / 2));
      await new Promise((resolve) => setTimeout(resolve, moment * 20));
      await service.killAll();
      await Promise.all(batch);
      await service.run();
    }
    while (accepted.length < count) await accept(accepted.length);

    await untilNone(database, "select from tasks where state = 'pending'");
    await untilNone(database, "select from alerts where state = 'pending'");
    const { rows: tasks } = await database.query<{ id: string; state: string; alerts: string[] }>(
      'select id, state, array(select alerts.id::text from alerts where task_id = tasks.id) as alerts from tasks',
    );
    const ended = new Map(tasks.map((task) => [task.id, task]));
    // One whose every attempt died with its worker has failed; all others are ok.
    expect(accepted.filter((id) => !['ok', 'failed'].includes(ended.get(id)?.state ?? 'lost'))).toEqual([]);
    expect(tasks.filter(({ alerts }) => alerts.length !== 1)).toEqual([]);

    const { rows: deliveries } = await database.query<{ alert: string; succeeded: number; all: number }>(
      `select alert_id as alert, count(*) filter (where state = 'succeeded')::int as succeeded, count(*)::int as all
       from deliveries group by alert_id`,
    );
    const arrived = Map.groupBy(receiver.of('/'), ({ headers }) => headers['webhook-id'] ?? '');
    expect(tasks.filter(({ alerts: [id = ''] }) => !arrived.has(id))).toEqual([]);
    // What was done before a restart is not done again: only what broke off is.
    expect(deliveries.filter(({ succeeded }) => succeeded !== 1)).toEqual([]);
    expect(deliveries.filter(({ alert, all }) => (arrived.get(alert)?.length ?? 0) > all)).toEqual([]);
  } finally {
    await database.end();
    await service.stop();
    await receiver.stop();
  }
}, 180_000);

async function untilNone(database: pg.Client, sql: string): Promise<void> {
  while (((await database.query(sql)).rowCount ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 100));
}
