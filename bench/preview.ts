import { join } from 'node:path';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { runProgram } from './program.js';
import { scratchFolder } from './scratch-folder.js';
import { type ServerProcess, startServer, startService } from './server-process.js';
import { ratios } from './statistics.js';

const rounds = 5;
/** Further ones, done before the clock starts. */
const warmUps = 8;

/** What image services are asked for. */
const workloads = [
  { name: '12 megapixels → 1600 px', from: 4_000, to: 1_600, count: 40 },
  { name: '2 megapixels → 400 px', from: 1_600, to: 400, count: 200 },
] as const;

type Workload = (typeof workloads)[number];

export const preview: Benchmark = {
  name: 'preview',
  summary: 'JPEGs to WebP by POST /images/preview, against ipx, which fetches them by HTTP, or has them on its disk',
  run,
};

/**
 * Both are warm and take turns, each as it comes: ipx is one process with the threads of libvips, the service one with as many
 * children as cores. An image reaches the service and ipx by one connection from the same program; from its disk ipx has it for less.
 */
async function run(bench: Bench): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const workload of workloads) figures.push(...(await compare(bench, workload)));
  return figures;
}

async function compare(bench: Bench, workload: Workload): Promise<Figure[]> {
  await using pictures = await scratchFolder(bench.folder);
  const { name, from, to, count } = workload;
  bench.note(`${name}: making the pictures`);
  await runProgram('make-photographs', [pictures.path, String(count + warmUps), String(from)], bench.signal);
  const files = Array.from({ length: count + warmUps }, (_, index) => join(pictures.path, `${index}.jpg`));
  await using data = await scratchFolder(bench.folder);
  await using database = await bench.postgres.database();
  await using service = await startService(bench, { ROLE: 'api', DATABASE_URL: database.url, DATA_DIR: data.path });
  await using ipx = await startServer(bench, {
    script: './ipx-server.js',
    env: { FOLDER: pictures.path },
    readyPath: '/ready',
  });

  const rates = { service: new Array<number>(), 'ipx-http': new Array<number>(), 'ipx-disk': new Array<number>() };
  const pass = async (way: keyof typeof rates, { url }: ServerProcess): Promise<void> => {
    const args = [way, url, String(to), String(warmUps), ...files];
    const { seconds = NaN } = await runProgram('request-previews', args, bench.signal);
    rates[way].push(count / seconds);
  };
  for (let round = 1; round <= rounds; round++) {
    bench.note(`${name}: round ${round} of ${rounds}`);
    await pass('ipx-http', ipx);
    await pass('service', service);
    await pass('ipx-disk', ipx);
  }
  const ratio = (way: 'ipx-http' | 'ipx-disk') => ratios(rates.service, rates[way]);
  return [
    { name: `${name}, service`, unit: 'images/s', values: rates.service },
    { name: `${name}, ipx by HTTP`, unit: 'images/s', values: rates['ipx-http'] },
    { name: `${name}, ipx from disk`, unit: 'images/s', values: rates['ipx-disk'] },
    { name: `${name}, ratio to ipx by HTTP`, unit: '', values: ratio('ipx-http'), aim: { atLeast: 1 } },
    { name: `${name}, ratio to ipx from disk`, unit: '', values: ratio('ipx-disk') },
  ];
}
