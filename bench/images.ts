import { join } from 'node:path';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { type Pass, passFigures, throughScript, throughService } from './passes.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';

const rounds = 4;
const count = 60;
/** Further ones, done before the clock starts: as many as make every process load its code. */
const warmUps = 8;
const width = 1_600;
const operations = JSON.stringify([
  { operation: 'resize', width },
  { operation: 'convert', format: 'webp' },
]);

export const images: Benchmark = {
  name: 'images',
  summary: `${count} JPEGs of 12 megapixels to WebP ${width} wide, uploaded and processed, against a plain sharp script`,
  run,
};

/** With the service, each is a multipart/form-data, task and image in one. */
async function run(bench: Bench): Promise<Figure[]> {
  await using pictures = await scratchFolder(bench.folder);
  bench.note('making the pictures');
  await runProgram('make-photographs', [pictures.path, String(count + warmUps)], bench.signal);
  const files = Array.from({ length: count + warmUps }, (_, index) => join(pictures.path, `${index}.jpg`));

  const ours: Pass[] = [];
  const theirs: Pass[] = [];
  while (ours.length < rounds) {
    bench.note(`round ${ours.length + 1} of ${rounds}`);
    ours.push(await throughService(bench, { operations, files, warmUps }));
    theirs.push(await throughSharp(bench, files));
  }
  return passFigures({ ours, theirs, script: 'plain sharp', unit: 'image', count });
}

async function throughSharp({ folder, signal }: Bench, files: readonly string[]): Promise<Pass> {
  await using outcomes = await scratchFolder(folder);
  return await throughScript('plain-sharp', [outcomes.path, String(width), String(warmUps), ...files], signal);
}
