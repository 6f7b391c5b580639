import { readFile } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { invalidImage } from '../failure.js';
import { type Limits } from '../limits.js';
import { pixelsOf } from '../native.js';
import { type Decoder, type Reading } from './decoder.js';
import { safeSvg } from './svg-safety.js';
import { checkEmbedded } from './svg-images.js';

/** CSS: a unit is a 96th of an inch, and a pixel on its own. */
const unitsPerInch = 96;
/** What libvips takes for one pixel a unit. */
const vipsDensity = 72;

/** librsvg sees no file, only text that was found to lead nowhere (svg-safety.ts). */
export const svg: Decoder = {
  async look(path, reading, limits) {
    const image = await openSvg(path, reading, limits);
    const { width, height } = await metadataOf(image);
    const { density = unitsPerInch } = reading;
    return { width, height, pages: 1, transparency: true, profile: false, density };
  },

  async decode(path, _, reading, limits) {
    const image = await openSvg(path, reading, limits);
    try {
      return await pixelsOf(image.toColourspace('srgb').ensureAlpha());
    } catch {
      throw invalidImage('The SVG cannot be rendered.');
    }
  },
};

async function openSvg(path: string, { density = unitsPerInch }: Reading, limits: Limits): Promise<Sharp> {
  const { text, images } = safeSvg(await readFile(path));
  await checkEmbedded(images, limits);
  // Here and not in native.ts: unless SVG is switched on, nothing comes this far. From a file it stays blocked.
  sharp.unblock({ operation: ['VipsForeignLoadSvgBuffer'] });
  return sharp(Buffer.from(text), { density: (density / unitsPerInch) * vipsDensity, limitInputPixels: false });
}

async function metadataOf(image: Sharp): Promise<Metadata> {
  try {
    return await image.metadata();
  } catch {
    throw invalidImage();
  }
}
