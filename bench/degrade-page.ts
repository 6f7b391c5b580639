import sharp, { type Sharp } from 'sharp';
import { noise } from './noise.js';
import { resolution, type TypesetPage } from './typeset-page.js';

/** What happens to pages, by the name of the group; coarse is of low resolution. */
export const groups = ['clean', 'rotated', 'noisy', 'shadowed', 'coarse'] as const;
export type Group = (typeof groups)[number];

/** Degrees. Within what is called skew. */
const angles = [-7, 4.5, -2.5, 8, -5, 2];
/** One pixel in so many is black or white by chance; the others are uncertain by so much. */
const specks = 80;
const uncertainty = 90;
/** Light on the darkest part of a page, and the greyest ink. */
const darkest = 0.25;
const ink = 70;
/** Of a picture from the web, dots per inch. */
const lowResolution = 90;

export async function degraded(page: TypesetPage, group: Group, index: number): Promise<Sharp> {
  const { data, width, height } = page;
  const image = (pixels: Buffer) => sharp(pixels, { raw: { width, height, channels: 1 } });
  switch (group) {
    case 'clean':
      return image(data);
    case 'rotated':
      return image(data).rotate(angles[index % angles.length], { background: 'white' });
    case 'noisy':
      return image(noisy(data, index));
    case 'shadowed':
      return image(shadowed(page, index));
    case 'coarse': {
      const small = image(data).resize({ width: Math.round((width * lowResolution) / resolution) });
      return sharp(await small.jpeg({ quality: 60 }).toBuffer());
    }
    default:
      return group satisfies never;
  }
}

function noisy(data: Buffer, seed: number): Buffer {
  const grains = noise(data.length * 2, seed + 1);
  return data.map((value, at) => {
    const [grain = 0, chance = 0] = [grains[2 * at], grains[2 * at + 1]];
    if (chance * specks < 256) return chance % 2 === 0 ? 0 : 255;
    return clamped(40 + value * 0.7 + ((grain - 128) * uncertainty) / 128);
  }) as Buffer;
}

/** Light falls off from one corner, and a hand throws a hard shadow over a part. */
function shadowed({ data, width, height }: TypesetPage, index: number): Buffer {
  const edge = 0.35 + 0.05 * index;
  return data.map((value, at) => {
    const [x, y] = [(at % width) / width, Math.floor(at / width) / height];
    const light = 1 - (1 - darkest) * Math.min(1, Math.hypot(x, y) / 1.2);
    const shadow = x + 0.3 * y > edge && x - 0.2 * y < edge + 0.3 ? 0.55 : 1;
    return clamped((ink + value * ((255 - ink) / 255)) * light * shadow);
  }) as Buffer;
}

const clamped = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));
