import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { parseOperations } from '../../../src/processing/operations.js';
import { animation, quarters, Workbench } from '../workbench.js';
import { pixelDifference, scannedPage } from './scanned-page.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

const names = ['normalise', 'denoise', 'deskew', 'despeckle', 'binarise', 'trim'];
const operations = names.map((operation) => ({ operation }));

const plain = (width: number, height: number, channels: 3 | 4 = 3): Sharp =>
  sharp({ create: { width, height, channels, background: { r: 200, g: 180, b: 90, alpha: 0.5 } } }).png();

const deep = (channels: 1 | 3): Sharp =>
  sharp(
    Uint16Array.from({ length: 90 * 60 * channels }, (_, at) => (at * 7919) % 65_536),
    {
      raw: { width: 90, height: 60, channels },
    },
  )
    .toColourspace(channels === 1 ? 'grey16' : 'rgb16')
    .png();

describe.each(names)('%s takes', (operation) => {
  test.each([
    ['one pixel', () => plain(1, 1)],
    ['two pixels', () => plain(2, 1, 4)],
    ['a row', () => plain(3000, 1)],
    ['a column', () => plain(1, 3000)],
    ['a strip', () => plain(4000, 3)],
    ['transparency', () => quarters(60, 40, 4).png()],
    [
      'nothing but transparency',
      () => sharp({ create: { width: 9, height: 9, channels: 4, background: 'transparent' } }).png(),
    ],
    ['16 bits of grey', () => deep(1)],
    ['16 bits of colour', () => deep(3)],
    ['CMYK', () => quarters(60, 40).toColourspace('cmyk').jpeg()],
    ['an animation', () => animation('gif')],
  ])('%s', async (_, image) => {
    const { width = 0, height = 0, pages = 1 } = await sharp(await bench.file(await image())).metadata();
    const { header } = await bench.make(await bench.file(await image()), [{ operation }]);
    expect(header).toMatchObject({ pages });
    expect(header.width).toBeLessThanOrEqual(width);
    expect(header.height).toBeLessThanOrEqual(height);
  });

  test('a page in colour and one in grey alike', async () => {
    const page = await scannedPage();
    const [grey, coloured] = await Promise.all([
      bench.make(await bench.file(page), [{ operation }]),
      bench.make(await bench.file(sharp(page).toColourspace('srgb').png()), [{ operation }]),
    ]);
    expect(await pixelDifference(grey.output, coloured.output)).toBeLessThan(0.5);
  });
});

test('all of them in a row, between others, change no size but by trim', async () => {
  const steps = [{ operation: 'resize', width: 500 }, ...operations.slice(0, 5), { operation: 'flip' }];
  const { header, output } = await bench.make(await bench.file(await scannedPage()), steps);
  expect(header).toMatchObject({ width: 500, height: 375 });
  expect((await sharp(output).metadata()).channels).toBe(1);
});

test('16 bits become 8 where pixels are worked on, and stay elsewhere', async () => {
  const path = await bench.file(deep(3));
  expect((await sharp((await bench.make(path, [{ operation: 'denoise' }])).output).metadata()).depth).toBe('uchar');
  expect((await sharp((await bench.make(path, [{ operation: 'flip' }])).output).metadata()).depth).toBe('ushort');
});

test('the outcome without findings has none', async () => {
  expect((await bench.make(await bench.file(quarters()), [{ operation: 'flip' }])).findings).toEqual({});
});

test.each([
  [{ operation: 'deskew', angle: 3 }, '"angle" means nothing here; deskew takes no parameters'],
  [{ operation: 'normalise', window: 0 }, 'window: a number from 0.01 to 0.5; got 0'],
  [{ operation: 'denoise', strength: 9 }, 'strength: a number from 0.1 to 4; got 9'],
  [{ operation: 'despeckle', size: -1 }, 'size: a number from 0.01 to 1; got -1'],
  [{ operation: 'binarise', k: 2 }, 'k: a number from 0 to 1; got 2'],
  [{ operation: 'binarise', window: 1.5 }, 'window: a whole number from 3 to 999; got 1.5'],
  [{ operation: 'trim', margin: -1 }, 'margin: a whole number from 0 to 10000; got -1'],
  [{ operation: 'trim', threshold: 255 }, 'threshold: a whole number from 1 to 254; got 255'],
])('%j is refused in words', (call, detail) => {
  const parsed = parseOperations([call]);
  expect('faults' in parsed && parsed.faults[0]?.detail).toBe(detail);
});
