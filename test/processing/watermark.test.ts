import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { parseOperations } from '../../src/processing/operations.js';
import { bitmap } from './bitmaps.js';
import { pdfOf } from './documents.js';
import { animation, Workbench } from './workbench.js';

let bench: Workbench;
let black: string;
let logo: string;
beforeAll(async () => {
  bench = await Workbench.open({ size: 2, limits: { formatsExtra: ['pdf', 'svg'] } });
  black = await bench.file(plain('black').png());
  logo = await bench.file(plain('red', 40, 20).png());
});
afterAll(() => bench.close());

const plain = (background: string, width = 200, height = 100) =>
  sharp({ create: { width, height, channels: background.length > 7 ? 4 : 3, background } });

interface Marked {
  /** Of what is not black. */
  left: number;
  top: number;
  right: number;
  bottom: number;
  brightest: [red: number, green: number, blue: number];
  count: number;
}

/** Where a black image is not black any more. */
async function marked(image: string | Buffer, page = 0): Promise<Marked> {
  const { data, info } = await sharp(image, { page })
    .flatten({ background: 'black' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const found: Marked = { left: Infinity, top: Infinity, right: 0, bottom: 0, brightest: [0, 0, 0], count: 0 };
  for (let at = 0; at < data.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
    if (red + green + blue < 24) continue;
    const [x, y] = [(at / 3) % info.width, Math.floor(at / 3 / info.width)];
    found.left = Math.min(found.left, x);
    found.top = Math.min(found.top, y);
    found.right = Math.max(found.right, x + 1);
    found.bottom = Math.max(found.bottom, y + 1);
    found.count += 1;
    if (red + green + blue > found.brightest.reduce((sum, value) => sum + value)) found.brightest = [red, green, blue];
  }
  return found;
}

async function watermark(parameters: object, input = black, others: { operation: string }[] = [], mark = logo) {
  const operations = [...others, { operation: 'watermark', ...parameters }];
  const output = bench.at(`marked-${Math.random()}`);
  const result = await bench.processing.process({ input, output, operations, inputs: { '/images/logo': mark } });
  if (!result.ok) throw new Error(result.detail);
  return output;
}

describe('an image', () => {
  const image = '/images/logo';
  const solid = { image, size: 20, gravity: 'northwest', margin: 0, opacity: 1 };

  test.each([
    ['centre', 80, 40],
    ['north', 80, 4],
    ['northeast', 156, 4],
    ['east', 156, 40],
    ['southeast', 156, 76],
    ['south', 80, 76],
    ['southwest', 4, 76],
    ['west', 4, 40],
    ['northwest', 4, 4],
  ])('lies where gravity %s draws it', async (gravity, left, top) => {
    const found = await marked(await watermark({ image, gravity, size: 20 }));
    expect(found).toMatchObject({ left, top, right: left + 40, bottom: top + 20 });
    expect(found.brightest).toEqual([128, 0, 0]); // half of 255, as opacity is by default
  });

  test('has its size, opacity and margin', async () => {
    const found = await marked(await watermark({ image, size: 50, margin: 5, opacity: 1, gravity: 'northwest' }));
    expect(found).toMatchObject({ left: 10, top: 10, right: 110, bottom: 60, brightest: [255, 0, 0] });
  });

  test('is as small as it has to be, where its width would make it too high', async () => {
    const tall = { image, size: 100, margin: 0, gravity: 'west' };
    const flat = await bench.file(plain('black', 200, 20).png());
    expect(await marked(await watermark(tall, flat))).toMatchObject({ left: 0, right: 40, top: 0, bottom: 20 });
  });

  test('covers all as tiles, with distances between', async () => {
    const found = await marked(await watermark({ image, size: 20, margin: 5, tile: true, gravity: 'northwest' }));
    // Tiles of 50x30: four across, three and a third down.
    expect(found.count).toBeGreaterThan(4 * 3 * 40 * 20 - 1);
    expect(found.count).toBeLessThan(4 * 4 * 40 * 20);
    const close = await marked(await watermark({ image, size: 20, margin: 0, tile: true }));
    expect(close.count).toBe(200 * 100);
  });

  test('is turned upright as its EXIF orientation says', async () => {
    logo = await bench.file(plain('red', 20, 40).withMetadata({ orientation: 6 }).jpeg());
    const found = await marked(await watermark({ image, size: 20, gravity: 'northwest', margin: 0 }));
    expect(found).toMatchObject({ right: 40, bottom: 20 });
  });

  test.each<[string, () => Buffer | string]>([
    ['BMP', () => bitmap({ width: 4, height: 2, bits: 24, data: Buffer.from('0000ff'.repeat(8), 'hex') })],
    ['HEIC', () => readFileSync('test/fixtures/quarters.heic')],
    ['PDF', () => pdfOf([{ width: 40, height: 20, content: '1 0 0 rg 0 0 40 20 re f' }])],
    [
      'SVG',
      () => '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><path fill="red" d="M0 0h4v2h-4z"/></svg>',
    ],
  ])('may be a %s', async (_, content) => {
    const found = await marked(await watermark(solid, black, [], await bench.file(content())));
    expect(found).toMatchObject({ left: 0, top: 0, right: 40, bottom: 20 });
    expect(found.brightest[0]).toBeGreaterThan(250);
  });

  test('that is drawn by lines is as sharp as it is large', async () => {
    const half =
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2"><path fill="red" d="M0 0h2v2h-2z"/></svg>';
    const found = await marked(await watermark(solid, black, [], await bench.file(half)));
    expect(found).toMatchObject({ right: 20, bottom: 20, count: 20 * 20, brightest: [255, 0, 0] });
  });

  test('that cannot be read is named', async () => {
    const path = await bench.file('no image');
    const operations = [{ operation: 'watermark', image }];
    const process = (inputs: Record<string, string>) =>
      bench.processing.process({ input: black, output: bench.at('x'), operations, inputs });
    expect(await process({ [image]: path })).toEqual({
      ok: false,
      reason: 'operation-failed',
      detail: 'watermark: the image /images/logo: Invalid image format.',
    });
  });
});

describe('a text', () => {
  test('is drawn in its colour, as wide as asked', async () => {
    const found = await marked(
      await watermark({ text: '© Ann', colour: '#00ff00', opacity: 1, size: 50, gravity: 'west' }),
    );
    const [red, green, blue] = found.brightest;
    expect([red < 20, green > 240, blue < 20]).toEqual([true, true, true]);
    expect(found.right - found.left).toBeGreaterThan(90);
    expect(found.right - found.left).toBeLessThanOrEqual(100);
  });

  test('is no markup', async () => {
    const wide = { opacity: 1, size: 100, gravity: 'west' };
    const tagged = await marked(await watermark({ ...wide, text: '<b>A</b>&amp;<span size="1">' }));
    const plainly = await marked(await watermark({ ...wide, text: 'A' }));
    // All the letters of the tags are there: a line as wide, and much flatter than a single A.
    expect(tagged.bottom - tagged.top).toBeLessThan((plainly.bottom - plainly.top) / 3);
    expect(await marked(await watermark({ ...wide, text: '<foo' }))).toMatchObject({ top: expect.any(Number) });
  });

  test.each(['Ωж', 'שלום', 'e\u0301', '日本'])('%s is drawn, or shown to be missing', async (text) => {
    expect((await marked(await watermark({ text }))).count).toBeGreaterThan(20);
  });

  test('of which nothing can be seen is a failure in words', async () => {
    const operations = [{ operation: 'watermark', text: '\u200d' }];
    const result = await bench.processing.process({ input: black, output: bench.at('y'), operations });
    expect(result).toEqual({
      ok: false,
      reason: 'operation-failed',
      detail: 'watermark: the text: it cannot be drawn.',
    });
  });

  test.each([
    [{ text: 'a\nb' }, '/text'],
    [{ text: ' ' }, '/text'],
    [{ text: 'x'.repeat(201) }, '/text'],
    [{ text: 'x', image: '/images/logo' }, '/text'],
    [{ image: '/images/logo', colour: 'red' }, '/colour'],
    [{ text: 'x', opacity: 0 }, '/opacity'],
    [{ text: 'x', size: 101 }, '/size'],
    [{ opacity: 1 }, ''],
  ])('or an image, and not %j', (parameters, at) => {
    const parsed = parseOperations([{ operation: 'watermark', ...parameters }]);
    expect(parsed).toMatchObject({ faults: [{ pointer: `/operations/0${at}` }] });
  });
});

describe('what it is laid on', () => {
  const mark = { image: '/images/logo', size: 20, gravity: 'northwest', margin: 0, opacity: 1 };

  test('may be an animation: each frame has it', async () => {
    const frames = await bench.file(await animation('gif'));
    const output = await watermark({ text: 'X', colour: 'black', opacity: 1, size: 100, margin: 0 }, frames);
    expect(await sharp(output).metadata()).toMatchObject({ pages: 3, loop: 2, delay: [100, 200, 300] });
    for (const page of [0, 1, 2]) {
      const [before, after] = await Promise.all([frames, output].map((image) => marked(image, page)));
      expect(after?.count).toBeLessThan((before?.count ?? 0) - 100);
    }
  });

  test('keeps its channels: none is added, transparency stays', async () => {
    expect(await sharp(await watermark(mark)).metadata()).toMatchObject({ hasAlpha: false });
    const clear = await bench.file(plain('#00000000').png());
    const output = await watermark(mark, clear);
    expect(await sharp(output).metadata()).toMatchObject({ hasAlpha: true });
    expect([...(await sharp(output).raw().toBuffer()).subarray(-4)]).toEqual([0, 0, 0, 0]);
  });

  test('may have 16 bits, and keeps them', async () => {
    const deep = await bench.file(plain('#202020').toColourspace('rgb16').png());
    const output = await watermark({ ...mark, opacity: 0.5 }, deep);
    expect(await sharp(output).metadata()).toMatchObject({ depth: 'ushort', hasAlpha: false });
    const [red = 0, green = 0] = await sharp(output).toColourspace('srgb').raw().toBuffer();
    expect([Math.abs(red - 143) < 3, Math.abs(green - 16) < 3]).toEqual([true, true]);
  });

  test('may be grey: a white text leaves it grey, a red image does not', async () => {
    const grey = [{ operation: 'grayscale' }];
    const white = await sharp(await watermark({ text: 'X', opacity: 1 }, black, grey)).metadata();
    expect(white).toMatchObject({ space: 'b-w' });
    expect((await marked(await watermark(mark, black, grey))).brightest).toEqual([254, 0, 0]);
  });
});
