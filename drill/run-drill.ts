import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chance } from './chance.js';
import { check, invariants, lost, surplus } from './checker.js';
import { type Drill } from './drill.js';
import { collect, type Evidence, temporaryIn } from './evidence.js';
import { Scene } from './scene.js';
import { sweepAll } from './sweep.js';

/** How a drill went. */
export interface Outcome {
  name: string;
  seed: number;
  faults: number;
  accepted: number;
  ended: Record<'ok' | 'failed' | 'cancelled', number>;
  lost: number;
  doubled: number;
  /** Seconds. */
  longestRecovery: number;
  seconds: number;
  /** None where it has passed. */
  violations: string[];
  /** Where all of it is kept, if it has failed. */
  folder?: string;
}

/** One drill in a folder and on a database of its own, and what is found afterwards. */
export async function runDrill(drill: Drill, seed: number): Promise<Outcome> {
  const began = performance.now();
  const folder = await mkdtemp(join(tmpdir(), `darkroom-drill-${drill.name}-`));
  // Started as root, PostgreSQL is another user, who must get in.
  await chmod(folder, 0o755);
  const scene = await Scene.open(folder, new Chance(seed));
  const { evidence, violations } = await perform(drill, scene);
  await scene[Symbol.asyncDispose]();
  const failed = violations.length > 0;
  if (failed) {
    await writeFile(join(folder, 'violations.txt'), `seed ${seed}\n${violations.join('\n')}\n`);
    await writeFile(join(folder, 'evidence.json'), JSON.stringify({ ...evidence, ledger: undefined }, null, 2));
  } else await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  return {
    ...{ name: drill.name, seed, violations, ...(failed && { folder }) },
    ...counts(scene, evidence),
    seconds: (performance.now() - began) / 1000,
  };
}

async function perform(drill: Drill, scene: Scene): Promise<{ evidence?: Evidence; violations: string[] }> {
  try {
    await drill.run(scene);
    await scene.settle();
    if (!scene.killed && !(await scene.hadToKill())) {
      const left = await temporaryIn(scene.dataDir);
      scene.expect(left.length === 0, `files are in the making by nobody, though none was killed: ${left.join()}`);
    }
    await sweepAll(scene.databaseUrl, scene.dataDir);
    const { ledger, receiver, watchers } = scene;
    const found = await collect(scene.sql, scene.dataDir);
    const evidence = { ...found, ledger, received: receiver.received, told: watchers.told };
    const broken = check(evidence, scene.allowances);
    const said = broken.map(({ invariant, detail }) => `${invariant} (${invariants[invariant]}): ${detail}`);
    return { evidence, violations: [...scene.complaints, ...said] };
  } catch (error) {
    const reason = error instanceof Error ? error.stack : String(error);
    return { violations: [...scene.complaints, `the drill broke off: ${reason}`] };
  }
}

function counts({ faults, recoveries, ledger }: Scene, evidence?: Evidence) {
  const states = evidence?.tasks.map(({ state }) => state) ?? [];
  const of = (wanted: string): number => states.filter((state) => state === wanted).length;
  return {
    faults,
    accepted: ledger.accepted().size,
    ended: { ok: of('ok'), failed: of('failed'), cancelled: of('cancelled') },
    lost: evidence ? lost(evidence).length : ledger.accepted().size,
    doubled: evidence ? surplus(evidence).length : 0,
    longestRecovery: Math.max(0, ...recoveries),
  };
}
