import { type Block, type Box } from './recognition.js';

/** The same with all its measures multiplied. */
export function scaled(blocks: readonly Block[], factor: number): Block[] {
  const number = (value: number): number => Math.round(value * factor);
  const box = ({ x, y, width, height }: Box): Box => {
    const [left, top] = [number(x), number(y)];
    return { x: left, y: top, width: number(x + width) - left, height: number(y + height) - top };
  };
  return blocks.map((block) => ({
    box: box(block.box),
    paragraphs: block.paragraphs.map((paragraph) => ({
      box: box(paragraph.box),
      lines: paragraph.lines.map(({ box: of, baseline: { x0, y0, x1, y1 }, words }) => ({
        box: box(of),
        baseline: { x0: number(x0), y0: number(y0), x1: number(x1), y1: number(y1) },
        words: words.map((word) => ({ ...word, box: box(word.box) })),
      })),
    })),
  }));
}
