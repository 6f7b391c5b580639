import { fileURLToPath } from 'node:url';
import { type Drill } from '../drill.js';
import { signal } from '../program.js';
import { type Scene } from '../scene.js';

const shiftedClock = fileURLToPath(new URL('../shifted-clock.js', import.meta.url));
const day = 24 * 60 * 60;

/** Work, and a sweep, at the time that its processes take for now. */
async function live(scene: Scene): Promise<void> {
  await scene.load.many(8);
  for (const id of [...scene.ledger.accepted().values()].slice(-2)) scene.watchers.follow(id);
  await scene.recovered(performance.now());
  // The second one from now has begun, and the first ended, after this.
  const ran = 'select attempts, run_at from graphile_worker._private_jobs where key = $1';
  const { run_at: first } = await scene.sql.until<{ run_at: Date }>(ran, ['sweep']);
  await scene.sql.until(`${ran} and run_at <> $2`, ['sweep', first]);
}

export const jumpingClocks: Drill = {
  name: 'jumping-clocks',
  summary: 'the clocks of API and worker jump: three days on, back to an hour ago, right again; first one, then both',
  seconds: 20,
  async run(scene) {
    scene.allowances.clock = false;
    const environment = {
      NODE_OPTIONS: `--import=${shiftedClock}`,
      SWEEP_SECONDS: '1',
      RESULT_TTL: String(2 * day),
      TASK_TTL: String(2 * day),
    };
    const program = await scene.start({ environment });
    const minted = await scene.load.mint();
    await live(scene);
    for (let jump = 0; jump < 3; jump += 1) {
      for (const part of ['api', 'worker'] as const) {
        signal([await program.pidOf(part)], 'SIGUSR2');
        scene.faults += 1;
        await live(scene);
      }
    }
    // An hour has not passed since it was minted, whatever the clocks said.
    const wish = await scene.load.next({ manner: 'put' });
    const reply = await scene.load.once(wish, minted);
    scene.expect(reply?.status === 202, `a URI minted a minute ago answers ${reply?.status}: it has expired early`);
    if (reply?.status !== 202) scene.ledger.wishes.delete(wish.key);
  },
};
