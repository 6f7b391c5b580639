import { join } from 'node:path';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { type Pass, passFigures, throughScript, throughService } from './passes.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';

const rounds = 2;
const count = 24;
/** Further ones, read before the clock starts: as many as make every process load its languages. */
const warmUps = 6;
const operations = JSON.stringify([{ operation: 'ocr' }]);

export const ocr: Benchmark = {
  name: 'ocr',
  summary: `${count} typeset pages of 1,200 letters, uploaded and read, against a plain tesseract.js script`,
  run,
};

/** The service makes all that its text is served from as well, the PDF among it. */
async function run(bench: Bench): Promise<Figure[]> {
  await using pages = await scratchFolder(bench.folder);
  bench.note('making the pages');
  await runProgram('make-pages', [pages.path, String(count + warmUps), 'clean'], bench.signal);
  const files = Array.from({ length: count + warmUps }, (_, index) => join(pages.path, `clean-${index}.png`));

  const ours: Pass[] = [];
  const theirs: Pass[] = [];
  while (ours.length < rounds) {
    bench.note(`round ${ours.length + 1} of ${rounds}`);
    ours.push(await throughService(bench, { operations, files, warmUps }));
    theirs.push(await throughScript('plain-ocr', [String(warmUps), ...files], bench.signal));
  }
  return passFigures({ ours, theirs, script: 'plain tesseract.js', unit: 'page', count });
}
