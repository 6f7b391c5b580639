import { createRequire } from 'node:module';
import sharp from 'sharp';
import { passages } from './passages.js';

const { resolve } = createRequire(import.meta.url);

interface Face {
  /** As Pango names it. */
  readonly name: string;
  /** Points. */
  readonly size: number;
  readonly file: string;
}

/** Serif, sans serif and typewriter, upright, bold and slanted, from 8 to 14 points. */
const faces: readonly Face[] = [
  { name: 'Lora', size: 11, file: 'lora/400Regular/Lora_400Regular.ttf' },
  { name: 'EB Garamond', size: 12, file: 'eb-garamond/400Regular/EBGaramond_400Regular.ttf' },
  { name: 'Open Sans', size: 8, file: 'open-sans/400Regular/OpenSans_400Regular.ttf' },
  { name: 'Courier Prime', size: 10, file: 'courier-prime/400Regular/CourierPrime_400Regular.ttf' },
  { name: 'Open Sans Bold', size: 9, file: 'open-sans/700Bold/OpenSans_700Bold.ttf' },
  {
    name: 'EB Garamond Italic',
    size: 14,
    file: 'eb-garamond/400Regular_Italic/EBGaramond_400Regular_Italic.ttf',
  },
];

/** Passages on a page. */
const paragraphs = 4;
/** Of a scan, dots per inch. */
export const resolution = 300;
/** Pixels. */
const textWidth = 1_400;
const margin = 150;

export interface TypesetPage {
  readonly text: string;
  /** Black on white, a channel of 8 bits. */
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** A page like no other of the first few dozen: text, typeface and size go round in different steps. */
export async function typesetPage(index: number): Promise<TypesetPage> {
  const face = faces[index % faces.length];
  if (face === undefined) throw new Error('There are no typefaces.');
  const text = Array.from({ length: paragraphs }, (_, at) => passages[(index * 3 + at) % passages.length]).join('\n\n');
  const { name, size, file } = face;
  const fontfile = resolve(`@expo-google-fonts/${file}`);
  const input = { text, font: `${name} ${size}`, fontfile, width: textWidth, dpi: resolution, rgba: false };
  const { data, info } = await sharp({ text: input })
    // White is drawn on black; sharp extends before it negates.
    .extend({ top: margin, bottom: margin, left: margin, right: margin, background: 'black' })
    .negate()
    .grayscale()
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { text, data, width: info.width, height: info.height };
}
