import sharp from 'sharp';
import { type Pixels } from '../src/processing/native.js';
import { catalogue } from '../src/processing/operations.js';
import { type Bench, type Benchmark, type Figure } from './benchmark.js';
import { noise } from './noise.js';

const rounds = 3;
/** An A4 page at 300 dots per inch. */
const page = { width: 2480, height: 3508 } as const;
/** In the order in which README.md recommends them. */
const operations = ['denoise', 'normalise', 'deskew', 'despeckle', 'binarise', 'trim'] as const;

export const cleanUp: Benchmark = {
  name: 'clean-up',
  summary: 'processor seconds of each clean-up operation on a grey A4 page at 300 dpi: askew, in shadow, with grain',
  run,
};

async function run({ note, signal }: Bench): Promise<Figure[]> {
  const scan = await photographedPage();
  const seconds = operations.map(() => [] as number[]);
  for (let round = 1; round <= rounds; round += 1) {
    note(`round ${round} of ${rounds}`);
    let pages: readonly Pixels[] = [scan];
    for (const [index, operation] of operations.entries()) {
      signal.throwIfAborted();
      // Not by the clock: there is nothing to compare with, and others use the machine too.
      const before = process.cpuUsage();
      pages = catalogue.get(operation)?.work?.(pages, { operation }).pages ?? pages;
      const { user, system } = process.cpuUsage(before);
      seconds[index]?.push((user + system) / 1_000_000);
    }
  }
  const aims: Partial<Record<(typeof operations)[number], number>> = { deskew: 1 };
  return operations.map((name, index) => {
    const under = aims[name];
    return { name, unit: 's', values: seconds[index] ?? [], ...(under !== undefined && { aim: { under } }) };
  });
}

/** The scan that the tests have too, as often as it has room, turned, with light from one corner and grain. */
async function photographedPage(): Promise<Pixels> {
  const text = await sharp('test/fixtures/scan.tif')
    .toColourspace('b-w')
    .resize(1240, 877, { fit: 'fill' })
    .png()
    .toBuffer();
  const sheet = await sharp({ create: { ...page, channels: 3, background: 'white' } })
    .composite([{ input: text, tile: true, gravity: 'northwest' }])
    .png()
    .toBuffer();
  const { data, info } = await sharp(sheet)
    .rotate(3, { background: 'white' })
    .resize(page.width, page.height, { fit: 'fill' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const grain = noise(data.length, 1);
  const light = (at: number): number => 1 - (0.5 * (at % page.width)) / page.width;
  const lit = data.map((value, at) => Math.min(255, (30 + value * 0.8) * light(at) + ((grain[at] ?? 0) - 128) / 8));
  return { data: Buffer.from(lit), width: info.width, height: info.height, pages: 1, channels: 1, deep: false };
}
