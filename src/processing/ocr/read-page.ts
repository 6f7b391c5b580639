import { openPixels, type Pixels } from '../native.js';
import { type Layout } from './layout.js';
import { type Recogniser } from './recogniser.js';
import { type Block, type Page, type Turn, wordsOf } from './recognition.js';
import { scaled } from './scaled.js';

export interface Reading {
  readonly layout: Layout;
  /** `auto` finds out how the page lies. */
  readonly orientation: 'auto' | 'keep';
}

/** A page, and its pixels as they lie upright. */
export interface ReadPage {
  readonly page: Page;
  readonly pixels: Pixels;
}

/** Mean confidence above which a page surely lies upright: one on its side or its head stays below 60. */
const sureConfidence = 75;

/** Height of a line, in pixels, below which letters are too small for a network that was trained on 300 dots per inch. */
const lineHeightMin = 28;
/** To which they are enlarged then: at 90 dots per inch it takes three in four errors away (bench/ocr.ts). */
const lineHeightWanted = 42;
/** More than so often only blurs. */
const enlargementMax = 3;
/** Pixels that enlarging may make. */
const enlargedPixelsMax = 30_000_000;

/** Reads one page. @param report 0 to 1, of this page */
export async function readPage(
  recogniser: Recogniser,
  pixels: Pixels,
  { layout, orientation }: Reading,
  report: (share: number) => void,
): Promise<ReadPage> {
  const first = await readAs(recogniser, pixels, 0, layout, report);
  const { confidence } = first.page;
  // Nearly every page lies upright, and tells so by being read well: looking first would cost a quarter of its time.
  if (orientation === 'keep' || confidence >= sureConfidence || wordsOf(first.page).length === 0) return first;
  let best = first;
  for (const turn of await likelyTurns(recogniser, pixels)) {
    const other = await readAs(recogniser, await turned(pixels, turn), turn, layout, report);
    if (other.page.confidence > best.page.confidence) best = other;
  }
  return best;
}

/** Where there are too few letters to tell, trying them all costs little. */
async function likelyTurns(recogniser: Recogniser, pixels: Pixels): Promise<Turn[]> {
  const found = await recogniser.orient(asFile(pixels));
  if (found === undefined) return [90, 180, 270];
  return found.turn === 0 ? [] : [found.turn];
}

async function readAs(
  recogniser: Recogniser,
  pixels: Pixels,
  turned: Turn,
  layout: Layout,
  report: (share: number) => void,
): Promise<ReadPage> {
  const { width, height } = pixels;
  const factor = enlargement(await recogniser.look(asFile(pixels), layout), width * height);
  if (factor > 1) await recogniser.look(asFile(await enlarged(pixels, factor)), layout);
  const read = await recogniser.read((percent) => report(percent / 100));
  const blocks = factor > 1 ? scaled(read, 1 / factor) : read;
  return { pixels, page: { width, height, turned, confidence: confidenceOf(blocks), blocks } };
}

function enlargement(lineHeight: number, pixels: number): number {
  if (lineHeight === 0 || lineHeight >= lineHeightMin) return 1;
  const wanted = Math.min(enlargementMax, lineHeightWanted / lineHeight);
  return Math.max(1, Math.min(wanted, Math.sqrt(enlargedPixelsMax / pixels)));
}

/** By letters: a speck that was taken for a dot counts little. */
function confidenceOf(blocks: readonly Block[]): number {
  const words = wordsOf({ blocks });
  const letters = words.reduce((sum, { text }) => sum + text.length, 0);
  const sum = words.reduce((total, { text, confidence }) => total + confidence * text.length, 0);
  return letters === 0 ? 0 : Math.round(sum / letters);
}

/** PNM, the simplest format that Leptonica reads: a header, then the pixels as they are. */
function asFile({ data, width, height, channels }: Pixels): Uint8Array {
  const header = Buffer.from(`P${channels === 1 ? 5 : 6}\n${width} ${height}\n255\n`);
  return Buffer.concat([header, data]);
}

async function turned(pixels: Pixels, turn: Turn): Promise<Pixels> {
  return pixelsOf(pixels, (image) => image.rotate(turn));
}

async function enlarged(pixels: Pixels, factor: number): Promise<Pixels> {
  return pixelsOf(pixels, (image) => image.resize({ width: Math.round(pixels.width * factor), kernel: 'cubic' }));
}

async function pixelsOf(
  pixels: Pixels,
  change: (image: ReturnType<typeof openPixels>) => ReturnType<typeof openPixels>,
): Promise<Pixels> {
  const { data, info } = await change(openPixels(pixels)).raw().toBuffer({ resolveWithObject: true });
  return { ...pixels, data, width: info.width, height: info.height, channels: info.channels };
}
