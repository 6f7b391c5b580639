import { join } from 'node:path';
import sharp from 'sharp';
import { noise } from './noise.js';

// A program: make-scans.js FOLDER COUNT. TIFF files of 60 MiB, uncompressed, 0.tif and so on; no two share their bytes.

/** 21 megapixels of three bytes: 60 MiB and the header. */
const raw = { width: 5_600, height: Math.ceil((60 * 1024 * 1024) / (5_600 * 3)), channels: 3 } as const;

async function main([folder = '.', count = '1']: string[]): Promise<void> {
  let bytes = 0;
  for (const index of Array(Number(count)).keys()) {
    const pixels = noise(raw.width * raw.height * raw.channels, index);
    const { size } = await sharp(pixels, { raw })
      .tiff({ compression: 'none' })
      .toFile(join(folder, `${index}.tif`));
    bytes += size;
  }
  console.log(JSON.stringify({ bytes }));
}

await main(process.argv.slice(2));
