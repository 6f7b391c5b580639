import { connections, operations } from './accepts.js';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { postFor } from './load.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';
import { startService } from './server-process.js';
import { ratios } from './statistics.js';
import { storeImage } from './store-image.js';

const rounds = 5;
const roundSeconds = 4;
const tables = 'tasks, graphile_worker._private_jobs';

export const batch: Benchmark = {
  name: 'batch',
  summary: 'tasks accepted a second in batches of 1,000 (POST /images/tasks/batch), against one by one',
  run,
};

/** No worker runs, so that jobs stay; each round begins with empty tables. The first one warms up and does not count. */
async function run(bench: Bench): Promise<Figure[]> {
  await using data = await scratchFolder(bench.folder);
  await using database = await bench.postgres.database();
  await using service = await startService(bench, { ROLE: 'api', DATABASE_URL: database.url, DATA_DIR: data.path });
  const image = await storeImage(service.url);
  const single = {
    url: `${service.url}/images/tasks`,
    body: { image, operations },
    connections,
    seconds: roundSeconds,
  };
  const measured = { many: new Array<number>(), one: new Array<number>() };
  for (let round = 0; round <= rounds; round++) {
    bench.note(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    await database.query(`truncate ${tables}`);
    const { perSecond } = await postFor(single, bench.signal);
    await database.query(`truncate ${tables}`);
    const batches = await runProgram('post-batches', [service.url, image, String(roundSeconds)], bench.signal);
    const { accepted = NaN, perSecond: many = NaN } = batches;
    const [counted] = await database.query('select count(*)::int as rows from graphile_worker._private_jobs');
    const jobs = Number(counted?.['rows']);
    // What was on its way when the round before ended was accepted without being counted.
    if (!(jobs >= accepted && jobs <= accepted + connections))
      throw new Error(`${accepted} accepts left ${jobs} jobs.`);
    if (round === 0) continue;
    measured.many.push(many);
    measured.one.push(perSecond);
  }
  return [
    { name: 'in batches', unit: 'tasks/s', values: measured.many },
    { name: 'one by one', unit: 'tasks/s', values: measured.one },
    { name: 'ratio', unit: '', values: ratios(measured.many, measured.one), aim: { atLeast: 5 } },
  ];
}
