import { type Box, type Recognition, type Word } from '../processing/ocr/recognition.js';

/** The columns of Tesseract's own TSV, in its order. */
const columns = [
  ...['level', 'page_num', 'block_num', 'par_num', 'line_num', 'word_num'],
  ...['left', 'top', 'width', 'height', 'conf', 'text'],
];

/** What a row tells of, as Tesseract counts it. */
const levels = { page: 1, block: 2, paragraph: 3, line: 4, word: 5 } as const;

/** A row for each page, block, paragraph, line and word, as `tesseract … tsv` writes it: what is no word has no confidence (-1). */
export function tsv({ pages }: Recognition): string {
  const rows = pages.flatMap(({ width, height, blocks }, page) => [
    row('page', [page], { x: 0, y: 0, width, height }),
    ...blocks.flatMap((block, b) => [
      row('block', [page, b], block.box),
      ...block.paragraphs.flatMap((paragraph, p) => [
        row('paragraph', [page, b, p], paragraph.box),
        ...paragraph.lines.flatMap((line, l) => [
          row('line', [page, b, p, l], line.box),
          ...line.words.map((word, w) => row('word', [page, b, p, l, w], word.box, word)),
        ]),
      ]),
    ]),
  ]);
  return [columns.join('\t'), ...rows].map((line) => `${line}\n`).join('');
}

/** @param path indices from the page down, from 0 */
function row(level: keyof typeof levels, path: number[], { x, y, width, height }: Box, word?: Word): string {
  const numbers = Array.from({ length: 5 }, (_, depth) => (path[depth] ?? -1) + 1);
  // A tab or a line break in a word would make another column of it. Tesseract has none, other data may.
  const text = word?.text.replaceAll(/\s+/g, ' ') ?? '';
  return [levels[level], ...numbers, x, y, width, height, word?.confidence ?? -1, text].join('\t');
}
