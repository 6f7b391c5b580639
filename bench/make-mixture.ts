import { join } from 'node:path';
import { photograph } from './photograph.js';

// A program: make-mixture.js FOLDER. The same scene in several sizes and formats.

const width = 4000;
const height = 3000;

/** By the name of the file. */
const sizes = {
  'camera.jpg': 4000,
  'screen.jpg': 2000,
  'web.jpg': 1200,
  'thumb.jpg': 400,
  'screen.png': 1800,
  'icon.png': 500,
  'web.webp': 1500,
  'scan.tiff': 1700,
};

async function main([folder = '.']: string[]): Promise<void> {
  const picture = await photograph(width, height);
  let bytes = 0;
  for (const [name, across] of Object.entries(sizes)) {
    const resized = name.startsWith('scan') ? picture.clone().grayscale() : picture.clone();
    bytes += (await resized.resize(across).toFile(join(folder, name))).size;
  }
  console.log(JSON.stringify({ bytes }));
}

await main(process.argv.slice(2));
