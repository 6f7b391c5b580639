import { type Baseline, type Block, type Box, type Line, type Paragraph, type Word } from './recognition.js';

/** What Tesseract tells of a page (TessBaseAPI::GetJSONText), as far as it is used. After a mere look there are no words. */
export interface RawPage {
  readonly blocks: readonly RawBlock[] | null;
}

interface Corners {
  readonly bbox: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number };
}

interface RawBlock extends Corners {
  readonly paragraphs: readonly RawParagraph[] | null;
}

interface RawParagraph extends Corners {
  readonly lines: readonly RawLine[] | null;
}

interface RawLine extends Corners {
  readonly baseline: Baseline;
  readonly words: readonly RawWord[] | null;
}

interface RawWord extends Corners {
  readonly text: string;
  readonly confidence: number;
}

/** It is our own library that speaks: the outermost member tells the rest. */
export function isRawPage(value: unknown): value is RawPage {
  return typeof value === 'object' && value !== null && 'blocks' in value;
}

export function linesWithin({ blocks }: RawPage): RawLine[] {
  return (blocks ?? []).flatMap(({ paragraphs }) => (paragraphs ?? []).flatMap(({ lines }) => lines ?? []));
}

/** Pictures and rules are blocks to Tesseract as well; those without words are left out. */
export function blocksOf({ blocks }: RawPage): Block[] {
  return (blocks ?? [])
    .map((block) => ({ box: boxOf(block), paragraphs: (block.paragraphs ?? []).map(paragraphOf).filter(hasLines) }))
    .filter(({ paragraphs }) => paragraphs.length > 0);
}

const hasLines = ({ lines }: Paragraph): boolean => lines.length > 0;

function paragraphOf(paragraph: RawParagraph): Paragraph {
  const lines = (paragraph.lines ?? []).map(lineOf).filter(({ words }) => words.length > 0);
  return { box: boxOf(paragraph), lines };
}

function lineOf(line: RawLine): Line {
  const { x0, y0, x1, y1 } = line.baseline;
  const words = (line.words ?? []).map(wordOf).filter(({ text }) => text !== '');
  return { box: boxOf(line), baseline: { x0, y0, x1, y1 }, words };
}

function wordOf(word: RawWord): Word {
  return { text: word.text.trim(), confidence: Math.round(word.confidence), box: boxOf(word) };
}

function boxOf({ bbox: { x0, y0, x1, y1 } }: Corners): Box {
  return { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
}
