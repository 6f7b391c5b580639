import { expect, test } from '@jest/globals';
import pg from 'pg';
import { png } from './support/pictures.js';
import { ServiceProcess } from './support/process.js';

const works = 12;
const kills = 4;

test(`${works} works, each for several tasks, killed ${kills} times with them in hand: each ends, and what is equal ends equally`, async () => {
  const service = await ServiceProcess.start({ environment: { CALLBACK_PRIVATE_ADDRESSES: 'allow' } });
  const database = new pg.Client({ connectionString: service.database.url });
  await database.connect();
  const accepted: string[] = [];
  const count = async (sql: string): Promise<number> => (await database.query(sql)).rowCount ?? 0;
  try {
    const stored = await service.client.post('/images', await png({ width: 600, height: 400 }), {
      'Content-Type': 'image/png',
    });
    const ask = async (work: number, told: boolean): Promise<void> => {
      const body = {
        image: stored.json.id,
        operations: [
          { operation: 'blur', sigma: 10 + work },
          { operation: 'convert', format: 'webp', effort: 9 },
        ],
        ...(told && { callback: { url: 'http://127.0.0.1:1/' } }),
      };
      // Whoever sees no answer does not know: that task may be there or not.
      const reply = await service.client.post('/images/tasks', body).catch(() => undefined);
      if (reply?.status === 202) accepted.push(reply.json.id);
    };
    for (let kill = 0; kill < kills; kill += 1) {
      const mine = Array.from({ length: works }, (_, work) => work).filter((work) => work % kills === kill);
      await Promise.all(mine.flatMap((work) => [ask(work, true), ask(work, false), ask(work, true)]));
      // While at least one is worked on, and others wait or follow.
      while ((await count("select from tasks where state = 'pending' and started_at is not null")) === 0);
      await service.killAll();
      await service.run();
    }
    while ((await count("select from tasks where state = 'pending'")) > 0)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const { rows } = await database.query<{ id: string; state: string; alerts: number; told: boolean }>(
      `select id, state, callback is not null as told,
              (select count(*)::int from alerts where task_id = tasks.id) as alerts from tasks`,
    );
    const ended = new Map(rows.map((row) => [row.id, row]));
    expect(accepted.filter((id) => !['ok', 'failed'].includes(ended.get(id)?.state ?? 'lost'))).toEqual([]);
    expect(rows.filter(({ told, alerts }) => alerts !== (told ? 1 : 0))).toEqual([]);
    // All tasks of a work were asked for together.
    const unequal = `select work_digest from tasks group by work_digest
                     having count(distinct coalesce(outcome_id::text, problem)) > 1`;
    expect(await count(unequal)).toBe(0);
    const outcomes = await count('select distinct outcome_id from tasks where outcome_id is not null');
    expect(await count('select from images where task_id is not null')).toBe(outcomes);
    expect(outcomes).toBeGreaterThan(0);
  } finally {
    await database.end();
    await service.stop();
  }
}, 180_000);
