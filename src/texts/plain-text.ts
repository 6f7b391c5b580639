import { type Line, type Page, type Recognition } from '../processing/ocr/recognition.js';

/** A line of text a line, an empty one between paragraphs, a form feed between pages. */
export function plainText({ pages }: Recognition): string {
  return pages.map((page) => `${pageText(page)}\n`).join('\f');
}

/**
 * A word index of PostgreSQL has 1 MiB at most, and a word takes up to twice its bytes there with its places: so much of a text, in
 * bytes, always fits. It is a hundred pages in print.
 */
const searchedBytesMax = 400_000;

/** As much of the text as can be searched. */
export function searchedText(recognition: Recognition): string {
  const bytes = Buffer.from(plainText(recognition));
  // A character that is cut in two becomes U+FFFD, and no part of a word.
  return bytes.subarray(0, searchedBytesMax).toString('utf8');
}

function pageText({ blocks }: Page): string {
  const paragraphs = blocks.flatMap((block) => block.paragraphs);
  return paragraphs.map(({ lines }) => lines.map(lineText).join('\n')).join('\n\n');
}

function lineText({ words }: Line): string {
  return words.map(({ text }) => text).join(' ');
}
