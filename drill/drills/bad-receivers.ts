import { answer, type Behaviour } from '../../test/support/receiver.js';
import { type Drill } from '../drill.js';

/** At first so, and then as a receiver should. */
const first =
  (times: number, behave: Behaviour): Behaviour =>
  (received, response, count) =>
    count <= times ? behave(received, response, count) : void response.writeHead(204).end();

const receivers: Record<string, { behave: Behaviour; ends: 'delivered' | 'failed' }> = {
  errors: { behave: first(2, answer(500)), ends: 'delivered' },
  hangs: { behave: first(1, () => undefined), ends: 'delivered' },
  resets: { behave: first(2, (_received, response) => response.socket?.resetAndDestroy()), ends: 'delivered' },
  redirects: { behave: first(1, answer(302, { Location: '/elsewhere' })), ends: 'delivered' },
  busy: { behave: first(1, answer(429, { 'Retry-After': '1' })), ends: 'delivered' },
  drips: { behave: first(1, (_received, response) => void response.writeHead(200).write('x')), ends: 'delivered' },
  gone: { behave: answer(410), ends: 'failed' },
  refuses: { behave: answer(400), ends: 'failed' },
};

export const badReceivers: Drill = {
  name: 'bad-receivers',
  summary: 'receivers of callbacks that answer 500, 302, 400, 429 or 410, hang, reset, or never finish',
  seconds: 16,
  async run(scene) {
    scene.allowances.undelivered = true;
    await scene.start({ environment: { CALLBACK_RETRY_SECONDS: '0,0,1,1' } });
    const asked: { name: string; path: string; id: string }[] = [];
    for (const [name, { behave }] of Object.entries(receivers)) {
      for (const turn of [1, 2, 3]) {
        const path = `/${name}-${turn}`;
        const wish = await scene.load.next({ callback: scene.receiver.at(path, behave) });
        asked.push({ name, path, id: await scene.load.insist(wish) });
        scene.faults += 1;
      }
    }
    await scene.load.many(12);
    await scene.recovered(performance.now());
    await scene.settle();
    const rows = await scene.sql.rows<{ task: string; state: string; id: string }>(
      'select task_id as task, state, id from alerts',
    );
    for (const { name, path, id } of asked) {
      const alert = rows.find(({ task }) => task === id);
      const wanted = receivers[name]?.ends;
      scene.expect(alert?.state === wanted, `the alert for ${path} is ${alert?.state}, and is to be ${wanted}`);
      const ids = new Set(scene.receiver.of(path).map(({ headers }) => headers['webhook-id']));
      scene.expect(ids.size === 1 && ids.has(alert?.id ?? ''), `${path} got ${ids.size} webhook-ids`);
    }
    const troubled = new Set(asked.map(({ id }) => id));
    const others = rows.filter(({ task, state }) => !troubled.has(task) && state !== 'delivered');
    scene.expect(others.length === 0, `${others.length} alerts of good receivers did not arrive`);
    scene.expect(scene.receiver.of('/elsewhere').length === 0, 'a redirection was followed');
  },
};
