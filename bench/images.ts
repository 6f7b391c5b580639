import { join } from 'node:path';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { familyOf, processorSeconds } from './process-family.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';
import { startService } from './server-process.js';
import { ratios } from './statistics.js';

const rounds = 4;
const count = 60;
/** Further ones, done before the clock starts: as many as make every process load its code. */
const warmUps = 8;
const width = 1_600;
const operations = JSON.stringify([
  { operation: 'resize', width },
  { operation: 'convert', format: 'webp' },
]);

/** All images once. */
interface Pass {
  readonly seconds: number;
  /** What processors have worked for it; on a machine that others use too, the steadier figure. Zero where it is not Linux. */
  readonly processorSeconds: number;
}

export const images: Benchmark = {
  name: 'images',
  summary: `${count} JPEGs of 12 megapixels to WebP ${width} wide, uploaded and processed, against a plain sharp script`,
  run,
};

/** From the first POST (multipart/form-data, task and image in one) to the last 303. */
async function run(bench: Bench): Promise<Figure[]> {
  await using pictures = await scratchFolder(bench.folder);
  bench.note('making the pictures');
  await runProgram('make-photographs', [pictures.path, String(count + warmUps)], bench.signal);
  const files = Array.from({ length: count + warmUps }, (_, index) => join(pictures.path, `${index}.jpg`));

  const ours: Pass[] = [];
  const theirs: Pass[] = [];
  while (ours.length < rounds) {
    bench.note(`round ${ours.length + 1} of ${rounds}`);
    ours.push(await throughService(bench, files));
    theirs.push(await throughSharp(bench, files));
  }
  return figures(ours, theirs);
}

function figures(ours: readonly Pass[], theirs: readonly Pass[]): Figure[] {
  const rates = (passes: readonly Pass[]) => passes.map(({ seconds }) => count / seconds);
  const costs = (passes: readonly Pass[]) => passes.map(({ processorSeconds }) => processorSeconds / count);
  return [
    { name: 'service', unit: 'images/s', values: rates(ours) },
    { name: 'plain sharp', unit: 'images/s', values: rates(theirs) },
    { name: 'ratio', unit: '', values: ratios(rates(ours), rates(theirs)), aim: { atLeast: 0.9 } },
    { name: 'service, without its database', unit: 'processor s/image', values: costs(ours) },
    { name: 'plain sharp', unit: 'processor s/image', values: costs(theirs) },
  ];
}

/** A service that has not seen these images. */
async function throughService(bench: Bench, files: readonly string[]): Promise<Pass> {
  await using data = await scratchFolder(bench.folder);
  await using database = await bench.postgres.database();
  await using service = await startService(bench, { ROLE: 'all', DATABASE_URL: database.url, DATA_DIR: data.path });
  const request = (some: readonly string[]) =>
    runProgram('request-tasks', [service.url, operations, ...some], bench.signal);
  const worked = () => familyOf(service.pid).reduce((sum, pid) => sum + processorSeconds(pid), 0);
  await request(files.slice(0, warmUps));
  const before = worked();
  const { seconds = NaN } = await request(files.slice(warmUps));
  return { seconds, processorSeconds: worked() - before };
}

async function throughSharp(bench: Bench, files: readonly string[]): Promise<Pass> {
  await using outcomes = await scratchFolder(bench.folder);
  const args = [outcomes.path, String(width), String(warmUps), ...files];
  const { seconds = NaN, processorSeconds = NaN } = await runProgram('plain-sharp', args, bench.signal);
  return { seconds, processorSeconds };
}
