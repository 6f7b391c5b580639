import { expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page, wordsOf } from '../../../src/processing/ocr/recognition.js';
import { SearchablePdf } from '../../../src/processing/ocr/searchable-pdf.js';
import { type PdfImage } from '../../../src/processing/pdf/pdf-image.js';
import { aPage } from '../../support/a-recognition.js';
import { readPdf } from './read-pdf.js';

/** Two bytes that are no JPEG: what a page looks like is the business of page-image.ts. */
const image: PdfImage = {
  width: 600,
  height: 800,
  colours: 'grey',
  bits: 8,
  coding: 'jpeg',
  data: Buffer.from('\xff\xd8', 'latin1'),
};

function pdfOf(...pages: Page[]): Buffer {
  const pdf = new SearchablePdf();
  for (const page of pages) pdf.add(page, image);
  return Buffer.concat(pdf.finish());
}

const textOf = (pdf: Buffer): string[] => readPdf(pdf).map((page) => page.map(({ text }) => text).join(''));

test('the text of every page is found, word by word', () => {
  const pages = [aPage(['The quick brown', 'fox (jumps)'], ['over']), aPage(['the \\lazy\\ dog'])];
  expect(textOf(pdfOf(...pages))).toEqual(['The quick brown fox (jumps) over ', 'the \\lazy\\ dog ']);
});

test('a word lies where it was read: on its baseline, measured from the bottom', () => {
  const page = aPage(['one two']);
  const [found = []] = readPdf(pdfOf(page));
  const scale = 842 / 800;
  const [, two] = wordsOf(page);
  expect(found.map(({ text }) => text)).toEqual(['one', ' ', 'two', ' ']);
  expect(found[2]?.x).toBeCloseTo((two?.box.x ?? NaN) * scale, 1);
  expect(found[2]?.y).toBeCloseTo((800 - 115) * scale, 1);
});

test('letters of any script are found, however many there are', () => {
  const letters = Array.from({ length: 600 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
  const words = [`${letters.slice(0, 300)} ${letters.slice(300)}`, 'שלום Straße 𝔉raktur ﬁn'];
  expect(textOf(pdfOf(aPage(words)))).toEqual([`${words.join(' ')} `]);
});

test('a page without words is its image alone', () => {
  expect(readPdf(pdfOf(aPage()))).toEqual([[]]);
});

// Another reader than our own, for those who have it (Debian: poppler-utils).
if (spawnSync('pdftotext', ['-v']).error === undefined) {
  test('pdftotext finds the same', () => {
    const folder = mkdtempSync(join(tmpdir(), 'darkroom-pdf-'));
    const path = join(folder, 'text.pdf');
    writeFileSync(path, pdfOf(aPage(['The quick brown', 'fox jumps'], ['über 漢字'])));
    const found = execFileSync('pdftotext', [path, '-']).toString();
    rmSync(folder, { recursive: true });
    expect(found.trim().split(/\s+/)).toEqual(['The', 'quick', 'brown', 'fox', 'jumps', 'über', '漢字']);
  });
}
