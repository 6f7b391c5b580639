import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { inParallel } from './in-parallel.js';
import { photograph } from './photograph.js';

// A program: make-photographs.js FOLDER COUNT [WIDTH]. JPEGs of 4:3, 0.jpg and so on, each different, each run the same; of twelve
// megapixels unless it is told otherwise.

/** How far the cut-outs move over a somewhat larger picture, pixels. */
const margin = 256;

async function main([folder = '.', count = '1', wide = '4000']: string[]): Promise<void> {
  const width = Number(wide);
  const height = (width * 3) / 4;
  const picture = await photograph(width + margin, height + margin);
  let bytes = 0;
  await inParallel(availableParallelism(), [...Array(Number(count)).keys()], async (index) => {
    const at = { left: (index * 37) % margin, top: (index * 59) % margin };
    const written = await picture
      .clone()
      .extract({ ...at, width, height })
      .jpeg({ quality: 88 })
      .toFile(join(folder, `${index}.jpg`));
    bytes += written.size;
  });
  console.log(JSON.stringify({ bytes }));
}

await main(process.argv.slice(2));
