import { pdfNumber } from '../pdf/pdf-objects.js';
import { type GlyphlessFonts, glyphWidth } from './glyphless-fonts.js';
import { type Line, linesOf, type Page, type Word } from './recognition.js';

/**
 * The text of a page as operators of a PDF (ISO 32000-1 9.4). Every word lies in its box, on its line's baseline, and the space
 * after it fills the gap to the next: whoever marks a line marks what they see.
 * @param scale points a pixel
 */
export function invisibleText(page: Page, scale: number, fonts: GlyphlessFonts): string {
  const lines = linesOf(page).flatMap((line) => textOfLine(line, page, scale, fonts));
  // 3: neither filled nor stroked (9.3.6).
  return ['BT 3 Tr', ...lines, 'ET'].join('\n');
}

function textOfLine(line: Line, page: Page, scale: number, fonts: GlyphlessFonts): string[] {
  const { x0, y0, x1, y1 } = line.baseline;
  const slope = x1 === x0 ? 0 : (y1 - y0) / (x1 - x0);
  const size = Math.max(1, line.box.height * scale);
  // PDF measures from the bottom.
  const at = (x: number) => [x * scale, (page.height - (y0 + slope * (x - x0))) * scale] as const;
  return line.words.flatMap((word, index) => [
    ...shown({ text: word.text, from: at(word.box.x), width: word.box.width * scale, slope, size }, fonts),
    ...shown({ text: ' ', from: at(endOf(word)), width: gapAfter(line, index) * scale, slope, size }, fonts),
  ]);
}

/** Pixels. */
function gapAfter({ words, box }: Line, index: number): number {
  const [word, next] = [words[index], words[index + 1]];
  if (word === undefined) return 0;
  // At the end of a line a space as wide as any; from right to left there is no gap on this side.
  return next === undefined ? box.height / 4 : Math.max(1, next.box.x - endOf(word));
}

const endOf = ({ box }: Word): number => box.x + box.width;

interface Piece {
  readonly text: string;
  /** Points. */
  readonly from: readonly [number, number];
  readonly width: number;
  readonly slope: number;
  readonly size: number;
}

function shown({ text, from: [x, y], width, slope, size }: Piece, fonts: GlyphlessFonts): string[] {
  const letters = [...text].length;
  const stretch = (100 * width) / ((letters * size * glyphWidth) / 1000);
  const angle = Math.atan(-slope);
  const matrix = [Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), x, y];
  const runs = fonts.encode(text).map(({ font, codes }) => `/F${font} ${pdfNumber(size)} Tf <${codes}> Tj`);
  return [`${pdfNumber(stretch)} Tz ${matrix.map(pdfNumber).join(' ')} Tm`, ...runs];
}
