import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { createWorker } from 'tesseract.js';
import { inParallel } from './in-parallel.js';

// A program: plain-ocr.js WARMUPS FILE… What reading would be without any of the service: tesseract.js over files, as many workers
// as cores. The first files are read before the clock starts.

const data = dirname(createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json'));

async function main([warmUps = '0', ...files]: string[]): Promise<void> {
  const workers = await Promise.all(Array.from({ length: availableParallelism() }, openWorker));
  const idle = [...workers];
  const read = async (path: string): Promise<void> => {
    const worker = idle.pop();
    if (worker === undefined) throw new Error('There are more files than workers at once.');
    // The words with their places, as a text of the service has them; of its other forms nothing.
    await worker.recognize(path, {}, { text: true, blocks: true });
    idle.push(worker);
  };
  await inParallel(workers.length, files.slice(0, Number(warmUps)), read);
  const started = performance.now();
  const before = process.cpuUsage();
  await inParallel(workers.length, files.slice(Number(warmUps)), read);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ seconds, processorSeconds: (user + system) / 1e6 }));
  await Promise.all(workers.map((worker) => worker.terminate()));
}

function openWorker() {
  const local = { langPath: join(data, '4.0.0_best_int'), cacheMethod: 'none' };
  // Without a handler an error would end the process.
  return createWorker('eng', undefined, { ...local, errorHandler: (error: unknown) => console.error(error) });
}

await main(process.argv.slice(2));
