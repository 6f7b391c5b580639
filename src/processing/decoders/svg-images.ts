import sharp from 'sharp';
import { invalidImage, megapixels, ProcessingFailure } from '../failure.js';
import { type FormatName } from '../formats.js';
import { type Limits } from '../limits.js';
import { sniff } from '../sniff.js';

/** What librsvg decodes by itself, with a decoder that knows nothing of our limits. */
const embeddable: readonly (FormatName | undefined)[] = ['png', 'jpeg', 'gif', 'webp'];

/** @throws ProcessingFailure where an embedded image is none, or all of them together are over the limit of an input */
export async function checkEmbedded(images: readonly Buffer[], { pixelsMax }: Limits): Promise<void> {
  let pixels = 0;
  for (const image of images) {
    if (!embeddable.includes(await sniff(image))) throw invalidImage();
    pixels += await pixelsOf(image);
    if (pixels > pixelsMax) {
      throw new ProcessingFailure(
        'too-large',
        `The images in the SVG have ${megapixels(pixels)}; the limit is ${megapixels(pixelsMax)}.`,
      );
    }
  }
}

async function pixelsOf(image: Buffer): Promise<number> {
  try {
    const { width, height } = await sharp(image, { limitInputPixels: false }).metadata();
    return width * height;
  } catch {
    throw invalidImage('An image in the SVG cannot be read.');
  }
}
