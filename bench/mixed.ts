import { join } from 'node:path';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';
import { startService } from './server-process.js';
import { ratios } from './statistics.js';

const rounds = 3;
const count = 200;

export const mixed: Benchmark = {
  name: 'mixed',
  summary: `${count} thumbnails at once, alone and while a TIFF of 50 megapixels becomes an AVIF`,
  run,
};

async function run(bench: Bench): Promise<Figure[]> {
  await using pictures = await scratchFolder(bench.folder);
  const [giant, photo] = [join(pictures.path, 'giant.tif'), join(pictures.path, 'photo.jpg')];
  bench.note('making the pictures');
  await runProgram('make-giant', [giant, photo], bench.signal);
  const alone: number[] = [];
  const beside: number[] = [];
  while (alone.length < rounds) {
    bench.note(`round ${alone.length + 1} of ${rounds}`);
    alone.push(await through(bench, [photo, String(count)]));
    beside.push(await through(bench, [photo, String(count), giant]));
  }
  return [
    { name: 'p95 of a thumbnail, alone', unit: 'ms', values: alone },
    { name: 'p95 beside the giant', unit: 'ms', values: beside },
    { name: 'ratio', unit: '', values: ratios(beside, alone), aim: { under: 3 } },
  ];
}

/** A service that has not seen these images. @returns the p95, ms */
async function through(bench: Bench, args: readonly string[]): Promise<number> {
  await using data = await scratchFolder(bench.folder);
  await using database = await bench.postgres.database();
  // 50 megapixels of AVIF take 1.6 GiB, more than a child may have by default.
  const memory = { CHILD_BYTES_MAX: String(2 * 2 ** 30) };
  await using service = await startService(bench, {
    ...{ ROLE: 'all', DATABASE_URL: database.url, DATA_DIR: data.path },
    ...memory,
  });
  const { p95 = NaN, outlasted } = await runProgram('thumbnails', [service.url, ...args], bench.signal);
  if (outlasted !== 1) throw new Error('The giant was done before the thumbnails: nothing was measured.');
  return p95;
}
