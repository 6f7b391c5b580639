import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import sharp from 'sharp';
import { formatOf, keepsPages, type WrittenFormat, writtenFormats } from '../../src/processing/formats.js';
import { catalogue } from '../../src/processing/operations.js';
import { cases, gallery, logo, referenceOf, sources } from './gallery-cases.js';
import { assertSimilar } from './likeness.js';
import { Workbench } from './workbench.js';

// Pictures that someone has looked at (`npm run gallery` makes them): what comes out has to look like them.

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open({ size: 2 });
});
afterAll(() => bench.close());

/** What a reference has lost as a WebP. */
const most = 2.5;

describe('what comes out looks like its reference', () => {
  test.each(Object.entries(cases))('%s', async (name, { source, operations }) => {
    const { output, header } = await bench.make(sources[source], [...operations], { [logo]: sources.transparent });
    const reference = referenceOf(name);
    const { pages = 1 } = await sharp(reference).metadata();
    expect(header.pages).toBe(pages);
    for (let page = 0; page < pages; page += 1) {
      await assertSimilar(output, reference, { most, page, closely: true });
    }
  });
});

test('every operation has a picture, and every reference a case', () => {
  const shown = new Set(Object.values(cases).flatMap(({ operations }) => operations.map(({ operation }) => operation)));
  // What metadata keeps is not to be seen, and what ocr makes is a text.
  expect([...catalogue.keys()].filter((name) => !shown.has(name) && name !== 'metadata' && name !== 'ocr')).toEqual([]);
  const references = readdirSync(`${gallery}/expected`).map((file) => basename(file, '.webp'));
  expect(references.sort()).toEqual(Object.keys(cases).sort());
});

test('no reference would pass for what it was made of', async () => {
  const passing: string[] = [];
  for (const [name, { source }] of Object.entries(cases)) {
    const plain = await sharp(sources[source]).autoOrient().png().toBuffer();
    const like = await assertSimilar(plain, referenceOf(name), { most, closely: true }).then(
      () => true,
      () => false,
    );
    if (like) passing.push(name);
  }
  // The same picture in another format, as it should be.
  expect(passing).toEqual(['convert-webp-animation']);
});

describe('every format becomes every other', () => {
  // What sharp both reads and writes; the others are in formats.test.ts.
  const both = writtenFormats.filter((name) => name !== 'pdf');
  const pairs = both.flatMap((from) => both.map((to) => [from, to] as const));

  const losses: Partial<Record<WrittenFormat, number>> = { gif: 8, avif: 5 };
  const made = new Map<string, Promise<string>>();

  /** A source in a format, which has its frames where the format has. Made once. */
  function inFormat(source: string, format: Exclude<WrittenFormat, 'pdf'>): Promise<string> {
    const animated = formatOf(format).paging === 'frames';
    const path = made.get(`${source} ${format}`) ?? bench.file(sharp(source, { animated }).autoOrient()[format]());
    made.set(`${source} ${format}`, path);
    return path;
  }

  test.each(pairs)('%s to %s', async (from, to) => {
    for (const source of Object.values(sources)) {
      const path = await inFormat(source, from);
      const { output, header } = await bench.make(path, [{ operation: 'convert', format: to }]);
      const { pages = 1 } = await sharp(path).metadata();
      expect(header).toMatchObject({ format: to, pages: keepsPages(from, to) ? pages : 1 });
      expect(await sharp(output).metadata()).toMatchObject({ format: to === 'avif' ? 'heif' : to });
      const opaque = formatOf(to).transparency ? sharp(path) : sharp(path).flatten({ background: 'white' });
      // GIF has 256 colours, and pixels that are transparent or are not; AVIF takes away grain.
      await assertSimilar(output, await opaque.png().toBuffer(), { most: losses[to] ?? 4, closely: true });
    }
  });
});
