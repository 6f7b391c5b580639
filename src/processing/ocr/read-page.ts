import { ocrSideMax } from '../limits.js';
import { type Pixels } from '../native.js';
import { type Size } from '../operation.js';
import { type OcrOptions } from '../operations/ocr.js';
import { type Layout } from './layout.js';
import { asPnm, enlarged, forReading, turned } from './page-pixels.js';
import { type Recogniser } from './recogniser.js';
import { type Block, linesOf, type Page, type Turn, wordsOf } from './recognition.js';
import { scaled } from './scaled.js';

/** A page, and its pixels as they lie upright. */
export interface ReadPage {
  readonly page: Page;
  readonly pixels: Pixels;
}

/** Above it a page surely lies upright: one on its head stays below 60. */
const sureScore = 75;
/** Lines that run down can be read well, but what has them lies on its side. */
const penaltyOfVertical = 50;
/** So much better is no chance. */
const advantage = 5;

/** Height of a line, in pixels, below which letters are too small for a network that was trained on 300 dots per inch. */
const lineHeightMin = 28;
/** To which they are enlarged then: at 90 dots per inch it takes three in four errors away (bench/ocr.ts). */
const lineHeightWanted = 42;
/** More than so often only blurs. */
const enlargementMax = 3;
/** Pixels that enlarging may make. */
const enlargedPixelsMax = 30_000_000;

/** Reads one page. @param report 0 to 1, of this page; it begins again where the page has to be turned */
export async function readPage(
  recogniser: Recogniser,
  pixels: Pixels,
  { layout, orientation }: OcrOptions,
  report: (share: number) => void,
): Promise<ReadPage> {
  const first = await readAs(recogniser, pixels, 0, layout, report);
  // Nearly every page lies upright, and tells so by being read well: looking first would cost a quarter of its time.
  if (orientation === 'keep' || scoreOf(first) >= sureScore || wordsOf(first.page).length === 0) return first;
  let best = first;
  for (const turn of await likelyTurns(recogniser, pixels)) {
    const other = await readAs(recogniser, await turned(pixels, turn), turn, layout, report);
    if (scoreOf(other) > scoreOf(best) + advantage) best = other;
  }
  return best;
}

function scoreOf({ page }: ReadPage): number {
  // A word alone may be higher than it is wide: "I".
  const lines = linesOf(page).filter(({ words }) => words.length > 1);
  const across = lines.reduce((sum, { box }) => sum + box.width, 0);
  const down = lines.reduce((sum, { box }) => sum + box.height, 0);
  return down > across ? page.confidence - penaltyOfVertical : page.confidence;
}

/** Where there are too few letters to tell, trying them all costs little. */
async function likelyTurns(recogniser: Recogniser, pixels: Pixels): Promise<Turn[]> {
  const turn = await recogniser.orient(asPnm(await forReading(pixels)));
  if (turn === undefined) return [90, 180, 270];
  return turn === 0 ? [] : [turn];
}

async function readAs(
  recogniser: Recogniser,
  pixels: Pixels,
  turned: Turn,
  layout: Layout,
  report: (share: number) => void,
): Promise<ReadPage> {
  const { width, height } = pixels;
  const picture = await forReading(pixels);
  const factor = enlargement(await recogniser.look(asPnm(picture), layout), pixels);
  if (factor > 1) await recogniser.look(asPnm(await enlarged(picture, factor)), layout);
  const read = await recogniser.read((percent) => report(percent / 100));
  const blocks = factor > 1 ? scaled(read, 1 / factor) : read;
  return { pixels, page: { width, height, turned, confidence: confidenceOf(blocks), blocks } };
}

function enlargement(lineHeight: number, { width, height }: Size): number {
  if (lineHeight === 0 || lineHeight >= lineHeightMin) return 1;
  const wanted = Math.min(enlargementMax, lineHeightWanted / lineHeight);
  const room = Math.min(Math.sqrt(enlargedPixelsMax / (width * height)), ocrSideMax / Math.max(width, height));
  return Math.max(1, Math.min(wanted, room));
}

/** By letters: a speck that was taken for a dot counts little. */
function confidenceOf(blocks: readonly Block[]): number {
  const words = wordsOf({ blocks });
  const letters = words.reduce((sum, { text }) => sum + text.length, 0);
  const sum = words.reduce((total, { text, confidence }) => total + confidence * text.length, 0);
  return letters === 0 ? 0 : Math.round(sum / letters);
}
