import { writeFile } from 'node:fs/promises';
import { type OutputInfo } from 'sharp';
import { openPixels, pagesOf } from './native.js';
import { type OperationCall, type OperationContext } from './operation.js';
import { convert } from './operations/convert.js';
import { type PdfPage, pdfOf } from './pdf-file.js';
import { pixelsOfPng } from './png-pixels.js';
import { type Stage } from './stage.js';

/** Pixels an inch where neither the caller nor the input says: a photograph of 12 megapixels is a poster then, not a house. */
const usualDensity = 150;
/** What a file says less is no density but a default of the program that wrote it, such as 1 pixel a millimetre. */
const densityMin = 36;

/** Each page is a JPEG, or where `lossless` was asked for the compressed pixels of a PNG. */
export async function encodePdf(
  stage: Stage,
  call: OperationCall,
  output: string,
): Promise<Pick<OutputInfo, 'width' | 'height' | 'pageHeight'>> {
  const { context } = stage;
  const { pixels } = await stage.develop();
  if (!pixels) throw new TypeError('A stage was developed without pixels.');
  const density = densityOf(call, context);
  const pages: PdfPage[] = [];
  for (const page of pagesOf(pixels)) {
    const image = openPixels(page)
      .removeAlpha()
      .toColourspace(page.channels < 3 ? 'b-w' : 'srgb');
    const written = await convert.apply(image, call, context);
    const encoded = await written.toBuffer();
    const { width, height } = page;
    const colours = page.channels < 3 ? 'grey' : 'rgb';
    const of = { width, height, colours, density, turn: turns[stage.orientation] ?? 0 } as const;
    pages.push(
      call['lossless'] === true
        ? { ...of, filter: 'flate', data: pixelsOfPng(encoded) }
        : { ...of, filter: 'jpeg', data: encoded },
    );
  }
  await writeFile(output, pdfOf(pages));
  return { width: pixels.width, height: pixels.height, pageHeight: pixels.height };
}

function densityOf({ density }: OperationCall, { header }: OperationContext): number {
  if (typeof density === 'number') return density;
  return header.density !== undefined && header.density >= densityMin ? header.density : usualDensity;
}

/** EXIF orientations that are no mirror images, in degrees clockwise: a page can be shown turned (ISO 32000-1 7.7.3.3). */
const turns: Readonly<Record<number, 90 | 180 | 270>> = { 3: 180, 6: 90, 8: 270 };
