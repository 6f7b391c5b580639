import { expect, test } from '@jest/globals';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Drill } from '../../drill/drill.js';
import { duplicates } from '../../drill/drills/duplicates.js';
import { lostAnswers } from '../../drill/drills/lost-answers.js';
import { type Outcome, runDrill } from '../../drill/run-drill.js';
import { table } from '../../drill/table.js';

// The processes are told from each other through /proc. The others are for `npm run drill`, which takes longer.
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux.each([lostAnswers, duplicates])(
  'the drill $name: nothing lost, nothing doubled, nothing left',
  async (drill) => {
    const { violations, accepted, ended, lost, doubled } = await runDrill(drill, 20_261_130);
    expect(violations).toEqual([]);
    expect(ended.ok).toBeGreaterThanOrEqual(accepted);
    expect([lost, doubled]).toEqual([0, 0]);
  },
  180_000,
);

onLinux(
  'a drill in which something is lost has failed, names its seed, and keeps its folder',
  async () => {
    const forgetful: Drill = {
      name: 'forgetful',
      summary: 'a task is taken away behind the back of the service',
      seconds: 3,
      async run(scene) {
        await scene.start();
        const id = await scene.load.insist(await scene.load.next());
        await scene.ended(id);
        await scene.sql.rows('delete from tasks where id = $1', [id]);
      },
    };
    const { folder = '', ...outcome } = await runDrill(forgetful, 42);
    expect(outcome).toMatchObject({ accepted: 1, lost: 1, seed: 42 });
    expect(outcome.violations).toContainEqual(expect.stringMatching(/^I1 .* was accepted and has not ended$/));
    expect(await readFile(join(folder, 'violations.txt'), 'utf8')).toMatch(/^seed 42\nI1/);
    expect(await readFile(join(folder, 'ledger.jsonl'), 'utf8')).toMatch(/"status":202/);
    await rm(folder, { recursive: true });
  },
  60_000,
);

test('the table has a line a drill over all its passes, and one for all', () => {
  const outcome: Outcome = {
    ...{ name: 'a', seed: 7, faults: 2, accepted: 3, ended: { ok: 2, failed: 1, cancelled: 0 } },
    ...{ lost: 0, doubled: 0, longestRecovery: 1.25, seconds: 4, violations: [] },
  };
  const again = { ...outcome, seed: 8, lost: 1, longestRecovery: 0.5 };
  expect(
    table([outcome, again, { ...outcome, name: 'b' }])
      .split('\n')
      .slice(2),
  ).toEqual([
    '| a × 2 | 4 | 6 | 4 | 2 | 0 | 1 | 0 | 1.3 s | 7–8 | 4.0 |',
    '| b | 2 | 3 | 2 | 1 | 0 | 0 | 0 | 1.3 s | 7 | 4.0 |',
    '| **all** | 6 | 9 | 6 | 3 | 0 | 1 | 0 | 1.3 s | 7–8 | 4.0 |',
  ]);
});
