import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseProxy } from '../../test/support/database-proxy.js';
import { type Drill } from '../drill.js';
import { signal } from '../program.js';
import { type Scene } from '../scene.js';

/** A request gets its 503 within this, ms. */
const promptMs = 2_000;

/** With clients that go on asking, the database is away for so long; then it is back, and all is as it was. */
async function away(scene: Scene, awayMs: number, leave: () => unknown, comeBack: () => unknown): Promise<void> {
  const before = scene.ledger.accepted().size;
  const all = scene.load.many(40);
  await scene.ledger.untilAccepted(before + 10);
  const lag = new Lag();
  leave();
  scene.faults += 1;
  const from = Date.now();
  await sleep(awayMs);
  const to = Date.now();
  const lagMs = lag.stop();
  const live = await scene.load.get('/livez');
  scene.expect(live?.status === 200, `livez said ${live?.status} while the database was away`);
  comeBack();
  await Promise.all([all, scene.recovered(performance.now())]);
  scene.expectPromptly(from, to, promptMs + lagMs);
}

/** By how much this process has been late: a client that is held up itself cannot say that the service was. */
class Lag {
  private latest = 0;
  private due = performance.now() + 50;
  private readonly timer = setInterval(() => {
    this.latest = Math.max(this.latest, performance.now() - this.due);
    this.due = performance.now() + 50;
  }, 50);

  /** ms */
  stop(): number {
    clearInterval(this.timer);
    return this.latest;
  }
}

export const frozenDatabase: Drill = {
  name: 'frozen-database',
  summary: 'its own PostgreSQL stands still (SIGSTOP) for 20 s, and goes on',
  seconds: 32,
  async run(scene) {
    const program = await scene.start({ database: 'own' });
    const pids = await program.postgres();
    const freeze = async (): Promise<void> => signal([...pids, ...(await program.postgres())], 'SIGSTOP');
    const thaw = async (): Promise<void> => signal(await program.postgres(), 'SIGCONT');
    scene.defer(thaw);
    await away(scene, 20_000, freeze, thaw);
  },
};

export const cutDatabase: Drill = {
  name: 'cut-database',
  summary: 'the way to the database is cut for 8 s, then is silent for 8 s: nothing comes through, and nobody is told',
  seconds: 32,
  async run(scene) {
    const way = await DatabaseProxy.start();
    scene.defer(() => way.close());
    await scene.start({ database: way.url });
    await away(
      scene,
      8_000,
      () => way.refuse(),
      () => way.restore(),
    );
    await away(
      scene,
      8_000,
      () => way.silence(),
      () => way.restore(),
    );
  },
};
