import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { degraded, type Group, groups } from './degrade-page.js';
import { resolution, typesetPage } from './typeset-page.js';

// A program: make-pages.js FOLDER COUNT [GROUP…]. So many pages of each group: clean-0.png, its text clean-0.txt, and so on.

async function main([folder = '.', count = '1', ...names]: string[]): Promise<void> {
  const chosen = groups.filter((group) => names.length === 0 || names.includes(group));
  for (const group of chosen) {
    for (const index of Array(Number(count)).keys()) await makePage(join(folder, `${group}-${index}`), group, index);
  }
  console.log(JSON.stringify({ pages: chosen.length * Number(count) }));
}

async function makePage(file: string, group: Group, index: number): Promise<void> {
  const page = await typesetPage(index);
  const image = await degraded(page, group, index);
  // A picture from the web does not know how large it was.
  if (group !== 'coarse') image.withMetadata({ density: resolution });
  await image.png({ compressionLevel: 3 }).toFile(`${file}.png`);
  await writeFile(`${file}.txt`, page.text);
}

await main(process.argv.slice(2));
