import { photograph } from './photograph.js';

// A program: make-giant.js FILE THUMBNAIL. A TIFF of 50 megapixels, as large as is taken, and a JPEG of 12.

async function main([giant = '', photo = '']: string[]): Promise<void> {
  const picture = await photograph(8_660, 5_770);
  // JPEG within: as it is it would be larger than an upload may be.
  const { size } = await picture.clone().tiff({ compression: 'jpeg', quality: 88 }).toFile(giant);
  await picture.clone().extract({ left: 99, top: 99, width: 4_000, height: 3_000 }).jpeg({ quality: 88 }).toFile(photo);
  console.log(JSON.stringify({ bytes: size }));
}

await main(process.argv.slice(2));
