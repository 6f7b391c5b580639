import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { degraded, groups } from './degrade-page.js';
import { resolution, typesetPage } from './typeset-page.js';

// A program: make-pages.js FOLDER COUNT. So many pages of each group, clean-0.png and its text clean-0.txt and so on.

async function main([folder = '.', count = '1']: string[]): Promise<void> {
  let pages = 0;
  for (const group of groups) {
    for (const index of Array(Number(count)).keys()) {
      const page = await typesetPage(index);
      const image = await degraded(page, group, index);
      const file = join(folder, `${group.replaceAll(' ', '-')}-${index}`);
      // A picture from the web does not know how large it was.
      if (group !== 'low resolution') image.withMetadata({ density: resolution });
      await image.png({ compressionLevel: 3 }).toFile(`${file}.png`);
      await writeFile(`${file}.txt`, page.text);
      pages += 1;
    }
  }
  console.log(JSON.stringify({ pages }));
}

await main(process.argv.slice(2));
