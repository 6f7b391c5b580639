import { writeFile } from 'node:fs/promises';
import { megapixels, ProcessingFailure } from '../failure.js';
import { ocrPixelsMax, ocrSideMax } from '../limits.js';
import { pagesOf, type Pixels } from '../native.js';
import { type OperationCall } from '../operation.js';
import { ocrOptionsOf } from '../operations/ocr.js';
import { pageImage } from './page-image.js';
import { withoutIdleColours } from './page-pixels.js';
import { SearchablePdf } from './searchable-pdf.js';
import { readPage } from './read-page.js';
import { Recogniser } from './recogniser.js';
import { type Page, type Recognition } from './recognition.js';
import { messageOf } from '../../system-error.js';

/** The one of this process, warm from its first job on. */
const recogniser = new Recogniser();

/**
 * Reads every page, and writes them to `output` as a PDF in which the text can be found.
 * @param report 0 to 1
 * @throws ProcessingFailure
 */
export async function recognise(
  pixels: Pixels,
  call: OperationCall,
  output: string,
  report: (share: number) => void,
): Promise<Recognition> {
  holdLimit(pixels);
  const options = ocrOptionsOf(call);
  const pdf = new SearchablePdf();
  const pages: Page[] = [];
  const tell = rising(report);
  try {
    await recogniser.open(options.languages);
    for (const picture of pagesOf(pixels)) {
      const done = pages.length;
      const page = withoutIdleColours(picture);
      const read = await readPage(recogniser, page, options, (share) => tell((done + share) / pixels.pages));
      pdf.add(read.page, await pageImage(read.pixels));
      pages.push(read.page);
    }
  } catch (error) {
    const why = messageOf(error);
    throw new ProcessingFailure('operation-failed', `ocr failed on page ${pages.length + 1}: ${why}`);
  }
  await writeFile(output, pdf.finish());
  return { languages: options.languages, pages };
}

/** A page that is read a second time, after turning it, would set progress back. */
function rising(report: (share: number) => void): (share: number) => void {
  let furthest = 0;
  return (share) => {
    if (share <= furthest) return;
    furthest = share;
    report(share);
  };
}

function holdLimit({ width, height }: Pixels): void {
  if (Math.max(width, height) > ocrSideMax) {
    throw new ProcessingFailure(
      'too-large',
      `The page has ${width}x${height} pixels; a side of what ocr reads has at most ${ocrSideMax}. Put a resize before it.`,
    );
  }
  if (width * height <= ocrPixelsMax) return;
  throw new ProcessingFailure(
    'too-large',
    `The page has ${megapixels(width * height)}; ocr reads at most ${megapixels(ocrPixelsMax)} at once. Put a resize before it.`,
  );
}
