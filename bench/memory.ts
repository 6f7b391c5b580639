import { platform } from 'node:os';
import { join } from 'node:path';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { type PeakMemory, watchMemory } from './process-memory.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';
import { startService } from './server-process.js';

const rounds = 2;
const clients = 8;
const bytesPerMib = 1024 * 1024;
const forms = ['raw', 'form'] as const;
type Form = (typeof forms)[number];

export const memory: Benchmark = {
  name: 'memory',
  summary: `peak memory of the API while ${clients} clients upload 60 MiB each at once (Linux)`,
  run,
};

async function run(bench: Bench): Promise<Figure[]> {
  if (platform() !== 'linux') throw new Error('memory reads /proc, which only Linux has.');
  await using scans = await scratchFolder(bench.folder);
  bench.note('making the images');
  await runProgram('make-scans', [scans.path, String(clients)], bench.signal);
  const files = Array.from({ length: clients }, (_, index) => join(scans.path, `${index}.tif`));

  const figures: Figure[] = [];
  for (const form of forms) {
    const measured: PeakMemory[] = [];
    while (measured.length < rounds) {
      bench.note(`${form}, round ${measured.length + 1} of ${rounds}`);
      measured.push(await upload(bench, form, files));
    }
    figures.push(...figuresOf(form, measured));
  }
  return figures;
}

/** A new service each time: memory that is taken is seldom given back. */
async function upload(bench: Bench, form: Form, files: readonly string[]): Promise<PeakMemory> {
  await using data = await scratchFolder(bench.folder);
  await using database = await bench.postgres.database();
  await using service = await startService(bench, { ROLE: 'api', DATABASE_URL: database.url, DATA_DIR: data.path });
  using watch = watchMemory(service.pid);
  await runProgram('upload-at-once', [form, service.url, 'image/tiff', ...files], bench.signal);
  return watch.peaks();
}

function figuresOf(form: Form, measured: readonly PeakMemory[]): Figure[] {
  const of = (member: keyof PeakMemory): number[] => measured.map((each) => each[member] / bytesPerMib);
  const name = form === 'raw' ? 'raw content' : 'multipart/form-data';
  return [
    { name: `${name}: API, peak`, unit: 'MiB', values: of('peak'), aim: { under: 250 } },
    { name: `${name}: API, sampled`, unit: 'MiB', values: of('sampled') },
    { name: `${name}: with its children`, unit: 'MiB', values: of('withChildren') },
  ];
}
