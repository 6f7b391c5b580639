import { type Line, type Page, type Recognition } from '../processing/ocr/recognition.js';

/** A line of text a line, an empty one between paragraphs, a form feed between pages. */
export function plainText({ pages }: Recognition): string {
  return pages.map((page) => `${pageText(page)}\n`).join('\f');
}

function pageText({ blocks }: Page): string {
  const paragraphs = blocks.flatMap((block) => block.paragraphs);
  return paragraphs.map(({ lines }) => lines.map(lineText).join('\n')).join('\n\n');
}

function lineText({ words }: Line): string {
  return words.map(({ text }) => text).join(' ');
}
