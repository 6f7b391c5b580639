import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Processing } from '../src/processing/processing.js';
import { plainText } from '../src/texts/plain-text.js';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { characterErrorRate } from './character-errors.js';
import { type Group, groups } from './degrade-page.js';
import { inParallel } from './in-parallel.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';

const execute = promisify(execFile);

/** Of each group: thirty in all. */
const pagesPerGroup = 6;

/** The same for every group. Not binarise: Tesseract does that itself, and better once it has enlarged small letters. */
const cleanUp = ['denoise', 'normalise', 'deskew', 'despeckle'];

/** Two builds of one engine differ by so much on the same pages, by chance: a part of the errors, and percent beside that. */
const chance = { part: 0.05, percent: 0.2 } as const;

type Reader = (path: string) => Promise<string>;

export const ocrAccuracy: Benchmark = {
  name: 'accuracy',
  summary: `character errors on ${pagesPerGroup * groups.length} typeset pages, clean and degraded, before and after clean-up, beside native tesseract`,
  run,
};

async function run(bench: Bench): Promise<Figure[]> {
  await using folder = await scratchFolder(bench.folder);
  bench.note('making the pages');
  await runProgram('make-pages', [folder.path, String(pagesPerGroup)], bench.signal);
  const processing = new Processing();
  try {
    const figures: Figure[] = [];
    for (const group of groups) {
      bench.note(group);
      const files = Array.from({ length: pagesPerGroup }, (_, index) => join(folder.path, `${group}-${index}`));
      figures.push(...(await figuresOf(group, files, processing)));
    }
    return figures;
  } finally {
    await processing.close();
  }
}

async function figuresOf(group: Group, files: readonly string[], processing: Processing): Promise<Figure[]> {
  const before = await errors(files, reader(processing, []));
  const native = hasNative() ? await errors(files, throughNative) : undefined;
  const after = await errors(files, reader(processing, cleanUp));
  const figure = (name: string, value: number, aim?: Figure['aim']): Figure => ({
    name: `${group}: ${name}`,
    unit: '%',
    values: [value],
    ...(aim && { aim }),
  });
  // Small letters are enlarged by reading itself: what clean-up of the coarse ones is held to are the errors without that.
  const unaided = Math.max(before, native ?? 0);
  const allowed = group === 'clean' ? byChance(before) : Number((unaided / 2).toFixed(2));
  return [
    ...(native === undefined ? [] : [figure('native tesseract', native)]),
    figure('read as it is', before, native === undefined ? undefined : { under: byChance(native) }),
    figure(`after ${cleanUp.join(', ')}`, after, { under: allowed }),
  ];
}

/** What is not worse than so many percent. */
const byChance = (percent: number): number => Number((percent * (1 + chance.part) + chance.percent).toFixed(2));

/** @returns percent, the mean over the pages */
async function errors(files: readonly string[], read: Reader): Promise<number> {
  const rates: number[] = [];
  await inParallel(availableParallelism(), files, async (file) => {
    rates.push(characterErrorRate(await read(`${file}.png`), await readFile(`${file}.txt`, 'utf8')));
  });
  return (100 * rates.reduce((sum, rate) => sum + rate, 0)) / rates.length;
}

function reader(processing: Processing, before: readonly string[]): Reader {
  const operations = [...before, 'ocr'].map((operation) => ({ operation }));
  return async (input) => {
    const result = await processing.process({ input, output: `${input}.pdf`, operations });
    if (!result.ok || !result.recognition) throw new Error(`${input} was not read: ${JSON.stringify(result)}`);
    return plainText(result.recognition);
  };
}

function hasNative(): boolean {
  return spawnSync('tesseract', ['--version']).status === 0;
}

const throughNative: Reader = async (path) => {
  // More threads than one make it slower (DESIGN.md 4).
  const env = { ...process.env, OMP_THREAD_LIMIT: '1' };
  return (await execute('tesseract', [path, '-'], { env })).stdout;
};
