import { type Box, type Line, type Page, type Recognition, type Word } from '../../src/processing/ocr/recognition.js';

const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });

/** Words of ten pixels a letter on a line. */
export function aLine(text: string, y = 100): Line {
  let x = 50;
  const words = text.split(' ').map((word): Word => {
    const placed = { text: word, confidence: 90, box: box(x, y, word.length * 10, 20) };
    x += (word.length + 1) * 10;
    return placed;
  });
  const width = x - 10 - 50;
  return { box: box(50, y, width, 20), baseline: { x0: 50, y0: y + 15, x1: 50 + width, y1: y + 15 }, words };
}

/** A page of one block with a paragraph for each list of lines. */
export function aPage(...paragraphs: string[][]): Page {
  let y = 80;
  const read = paragraphs.map((lines) => ({
    box: box(50, y + 20, 300, lines.length * 20),
    lines: lines.map((line) => aLine(line, (y += 20))),
  }));
  return {
    width: 600,
    height: 800,
    turned: 0,
    confidence: 90,
    blocks: [{ box: box(50, 100, 300, 400), paragraphs: read }],
  };
}

export function aRecognition(...pages: Page[]): Recognition {
  return { languages: ['eng'], pages };
}
