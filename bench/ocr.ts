import { join } from 'node:path';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { familyOf, processorSeconds } from './process-family.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';
import { startService } from './server-process.js';
import { ratios } from './statistics.js';

const rounds = 2;
const count = 24;
/** Further ones, read before the clock starts: as many as make every process load its languages. */
const warmUps = 6;
const operations = JSON.stringify([{ operation: 'ocr' }]);

interface Pass {
  readonly seconds: number;
  /** Of the service without its database, and of the script. */
  readonly processorSeconds: number;
}

export const ocr: Benchmark = {
  name: 'ocr',
  summary: `${count} typeset pages of 1,200 letters, uploaded and read, against a plain tesseract.js script`,
  run,
};

/** From the first POST to the last 303. The service makes all that its text is served from as well, the PDF among it. */
async function run(bench: Bench): Promise<Figure[]> {
  await using pages = await scratchFolder(bench.folder);
  bench.note('making the pages');
  await runProgram('make-pages', [pages.path, String(count + warmUps), 'clean'], bench.signal);
  const files = Array.from({ length: count + warmUps }, (_, index) => join(pages.path, `clean-${index}.png`));

  const ours: Pass[] = [];
  const theirs: Pass[] = [];
  while (ours.length < rounds) {
    bench.note(`round ${ours.length + 1} of ${rounds}`);
    ours.push(await throughService(bench, files));
    theirs.push(await throughScript(bench, files));
  }
  const rates = (passes: readonly Pass[]) => passes.map(({ seconds }) => count / seconds);
  const costs = (passes: readonly Pass[]) => passes.map((pass) => pass.processorSeconds / count);
  return [
    { name: 'service', unit: 'pages/s', values: rates(ours) },
    { name: 'plain tesseract.js', unit: 'pages/s', values: rates(theirs) },
    { name: 'ratio', unit: '', values: ratios(rates(ours), rates(theirs)), aim: { atLeast: 0.9 } },
    { name: 'service, without its database', unit: 'processor s/page', values: costs(ours) },
    { name: 'plain tesseract.js', unit: 'processor s/page', values: costs(theirs) },
  ];
}

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

async function throughScript(bench: Bench, files: readonly string[]): Promise<Pass> {
  const { seconds = NaN, processorSeconds = NaN } = await runProgram(
    'plain-ocr',
    [String(warmUps), ...files],
    bench.signal,
  );
  return { seconds, processorSeconds };
}
