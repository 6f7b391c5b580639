import { writeFile } from 'node:fs/promises';
import { type OutputInfo } from 'sharp';
import { openPixels, pagesOf, type Pixels } from '../native.js';
import { type OperationCall, type OperationContext, type Size } from '../operation.js';
import { convert } from '../operations/convert.js';
import { type Stage } from '../stage.js';
import { PdfDocument, type PdfPage, pointsPerInch } from './pdf-document.js';
import { type PdfImage } from './pdf-image.js';
import { pixelsOfPng } from './png-pixels.js';

/** Pixels an inch where neither the caller nor the input says: a photograph of 12 megapixels is a poster then, not a house. */
const usualDensity = 150;
/** What a file says less is no density but a default of the program that wrote it, such as 1 pixel a millimetre. */
const densityMin = 36;

/** 200 inches: readers take no larger page (ISO 32000-1 Annex C.2). A larger image is laid out denser. */
const pointsMax = 14_400;
/** A smaller page would have no size at all, to the digits that are written. */
const pointsMin = 0.01;

/** EXIF orientations that are no mirror images, in degrees clockwise: a page can be shown turned (ISO 32000-1 7.7.3.3). */
const turns: Readonly<Record<number, 90 | 180 | 270>> = { 3: 180, 6: 90, 8: 270 };

/** Each page is a JPEG, or where `lossless` was asked for the compressed pixels of a PNG. */
export async function encodePdf(
  stage: Stage,
  call: OperationCall,
  output: string,
): Promise<Pick<OutputInfo, 'width' | 'height' | 'pageHeight'>> {
  const { context, orientation } = stage;
  const { pixels } = await stage.develop();
  if (!pixels) throw new TypeError('A stage was developed without pixels.');
  const document = new PdfDocument();
  const sheet = { ...sheetFor(pixels, densityOf(call, context)), turn: turns[orientation] ?? 0 } as const;
  for (const page of pagesOf(pixels)) document.add({ ...sheet, image: await imageOf(page, call, context) });
  await writeFile(output, document.finish());
  return { width: pixels.width, height: pixels.height, pageHeight: pixels.height };
}

function densityOf({ density }: OperationCall, { header }: OperationContext): number {
  if (typeof density === 'number') return density;
  return header.density !== undefined && header.density >= densityMin ? header.density : usualDensity;
}

function sheetFor({ width, height }: Size, density: number): Pick<PdfPage, 'width' | 'height'> {
  const scale = Math.min(pointsPerInch / density, pointsMax / width, pointsMax / height);
  return { width: Math.max(pointsMin, width * scale), height: Math.max(pointsMin, height * scale) };
}

async function imageOf(page: Pixels, call: OperationCall, context: OperationContext): Promise<PdfImage> {
  const isGrey = page.channels < 3;
  const opaque = openPixels(page)
    .removeAlpha()
    .toColourspace(isGrey ? 'b-w' : 'srgb');
  const encoded = await (await convert.apply(opaque, call, context)).toBuffer();
  const { width, height } = page;
  const image = { width, height, colours: isGrey ? 'grey' : 'rgb', bits: 8 } as const;
  return call['lossless'] === true
    ? { ...image, coding: 'flate-png', data: pixelsOfPng(encoded) }
    : { ...image, coding: 'jpeg', data: encoded };
}
