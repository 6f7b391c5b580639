import { basename, join } from 'node:path';
import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { inParallel } from './in-parallel.js';

// A program: plain-sharp.js FOLDER WIDTH WARMUPS FILE… What processing would be without any of the service: a loop over files, as
// many at once as cores, one libvips thread each. The first files are done before the clock starts.

sharp.concurrency(1);

async function main([folder = '.', width = '', warmUps = '0', ...files]: string[]): Promise<void> {
  const convert = async (path: string): Promise<void> => {
    await sharp(path)
      .resize({ width: Number(width) })
      .webp()
      .toFile(join(folder, `${basename(path)}.webp`));
  };
  await inParallel(availableParallelism(), files.slice(0, Number(warmUps)), convert);
  const started = performance.now();
  const before = process.cpuUsage();
  await inParallel(availableParallelism(), files.slice(Number(warmUps)), convert);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ seconds, processorSeconds: (user + system) / 1e6 }));
}

await main(process.argv.slice(2));
