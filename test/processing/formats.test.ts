import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import {
  extraFormats,
  formatNames,
  formatOf,
  keepsPages,
  type FormatName,
  writtenFormats,
} from '../../src/processing/formats.js';
import { bitmap } from './bitmaps.js';
import { pdfOf, quartersOn } from './documents.js';
import { assertSimilar } from './likeness.js';
import { animation, quarters, Workbench } from './workbench.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open({ size: 1, limits: { formatsExtra: extraFormats } });
});
afterAll(() => bench.close());

const fixture = (name: string): Buffer => readFileSync(new URL(`../../../test/fixtures/${name}`, import.meta.url));
const toPng = { operation: 'convert', format: 'png' };
const process = async (content: Buffer | string, operations: { operation: string }[]) =>
  bench.processing.process({ input: await bench.file(content), output: bench.at('outcome'), operations });

describe('every format that is read becomes every one that is written', () => {
  const inputs: Record<FormatName, () => Promise<Buffer>> = {
    jpeg: () => quarters(128, 64).jpeg({ quality: 95 }).toBuffer(),
    png: () => quarters(128, 64).toBuffer(),
    webp: () => quarters(128, 64).webp({ lossless: true }).toBuffer(),
    avif: () => quarters(128, 64).avif({ quality: 90 }).toBuffer(),
    tiff: () => quarters(128, 64).tiff().toBuffer(),
    gif: () => quarters(128, 64).gif().toBuffer(),
    bmp: async () => bmpOf(await quarters(128, 64).raw().toBuffer()),
    heic: () => Promise.resolve(fixture('quarters.heic')),
    svg: () => Promise.resolve(Buffer.from(drawing)),
    pdf: () => Promise.resolve(pdfOf([quartersOn(128 * 0.36, 64 * 0.36)])),
  };
  const pairs = formatNames.flatMap((from) => writtenFormats.map((to) => [from, to] as const));

  test.each(pairs)('%s → %s', async (from, to) => {
    const { header, output } = await bench.make(await bench.file(await inputs[from]()), [
      { operation: 'convert', format: to },
    ]);
    expect(header).toMatchObject({ mediaType: formatOf(to).mediaType, width: 128, height: 64, pages: 1 });
    // What is written is read again, and shows the same.
    const again = to === 'pdf' ? [{ operation: 'read', density: 150 }, toPng] : [toPng];
    const seen = await bench.make(output, again);
    expect(seen.input.mediaType).toBe(formatOf(to).mediaType);
    const { output: upright } = await bench.make(seen.output, [
      { operation: 'resize', width: 128, height: 64, fit: 'fill' },
      toPng,
    ]);
    await assertSimilar(upright, await quarters(128, 64).toBuffer(), { most: 6 });
  });

  const drawing =
    '<svg xmlns="http://www.w3.org/2000/svg" width="128" height="64"><rect width="128" height="64" fill="white"/>' +
    '<path fill="red" d="M0 0h64v32H0z"/><path fill="lime" d="M64 0h64v32H64z"/><path fill="blue" d="M0 32h64v32H0z"/></svg>';

  /** Of red, green and blue in turn, 128 x 64. */
  function bmpOf(raw: Buffer): Buffer {
    const data = Buffer.alloc(raw.length);
    for (let at = 0; at < raw.length; at += 3) data.set([raw[at + 2] ?? 0, raw[at + 1] ?? 0, raw[at] ?? 0], at);
    return bitmap({ width: 128, height: 64, bits: 24, topDown: true, data });
  }
});

test.each([
  ['heic', 'jpeg', () => Promise.resolve(fixture('quarters.heic'))],
  ['svg', 'png', () => Promise.resolve(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'))],
] as const)('%s is kept as %s', async (_, kept, make) => {
  const { header } = await bench.make(await bench.file(await make()), [{ operation: 'flip' }]);
  expect(header.format).toBe(kept);
});

describe('HEIC', () => {
  const seen = async (name: string) => bench.make(await bench.file(fixture(name)), [toPng]);

  test('is turned as its container says', async () => {
    const { output, input } = await seen('turned.heic');
    expect(input).toMatchObject({ mediaType: 'image/heic', width: 64, height: 128, pages: 1 });
    await assertSimilar(
      output,
      await sharp(await quarters(128, 64).toBuffer())
        .rotate(90)
        .png()
        .toBuffer(),
    );
  });

  test('is put together from tiles', async () => {
    const { output } = await seen('tiles.heic');
    const half = { create: { width: 122, height: 60, channels: 3, background: 'blue' } } as const;
    const tiles = sharp({ create: { width: 250, height: 60, channels: 3, background: 'red' } });
    await assertSimilar(
      output,
      await tiles
        .composite([{ input: half, left: 128, top: 0 }])
        .png()
        .toBuffer(),
    );
  });

  test('keeps its transparency', async () => {
    const { output } = await seen('alpha.heic');
    const { channels } = await sharp(output).stats();
    expect([channels.length, channels[3]?.min, channels[3]?.max]).toEqual([4, 0, 255]);
  });

  test('comes out of its profile', async () => {
    // Taken for sRGB, the red of Display P3 would be (234, 51, 35).
    await assertSimilar((await seen('p3.heic')).output, await quarters(128, 64).toBuffer(), { most: 3 });
    const corner = await sharp((await seen('p3.heic')).output)
      .extract({ left: 4, top: 4, width: 1, height: 1 })
      .raw()
      .toBuffer();
    expect(corner[1]).toBeLessThan(20);
  });

  test('of several images the primary one is taken', async () => {
    await assertSimilar((await seen('two.heic')).output, await quarters(128, 64).toBuffer());
  });
});

describe('read', () => {
  test('takes one page of a TIFF or one frame of an animation', async () => {
    const input = await bench.file(await animation('webp'));
    const { header, output } = await bench.make(input, [{ operation: 'read', page: 3 }, { operation: 'flip' }]);
    expect(header).toMatchObject({ format: 'webp', pages: 1, width: 60, height: 40 });
    const { dominant } = await sharp(output).stats();
    expect(dominant.b).toBeGreaterThan(200);
  });

  test.each([
    [{ page: 4 }, 'read: there is no page 4; there are 3 pages.'],
    [{ density: 300 }, 'read: density is for pdf and svg; gif has pixels of its own.'],
  ])('%j on a GIF of three frames', async (parameters, detail) => {
    expect(await process(await animation('gif'), [{ operation: 'read', ...parameters }])).toMatchObject({
      reason: 'operation-failed',
      detail,
    });
  });
});

describe('what is not switched on', () => {
  let plain: Workbench;
  beforeAll(async () => {
    plain = await Workbench.open();
  });
  afterAll(() => plain.close());

  test.each([
    ['PDF', pdfOf([{}])],
    [
      'SVG',
      Buffer.from(
        '<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
      ),
    ],
  ])('%s says so', async (name, content) => {
    expect(await plain.processing.inspect(await plain.file(content))).toEqual({
      ok: false,
      reason: 'format-off',
      detail: `${name} is not read here: FORMATS_EXTRA does not switch it on.`,
    });
  });
});

test('an SVG is as large as it says, or as dense as asked', async () => {
  const input = await bench.file(
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50"><circle r="40"/></svg>',
  );
  expect((await bench.make(input, [toPng])).header).toMatchObject({ width: 100, height: 50 });
  expect((await bench.make(input, [{ operation: 'read', density: 192 }, toPng])).header).toMatchObject({
    width: 200,
    height: 100,
  });
});

test.each(formatNames)('the row of %s is whole', (name) => {
  expect(formatOf(name).written === true || writtenFormats.some((format) => format === formatOf(name).written)).toBe(
    true,
  );
  expect(keepsPages(name, name)).toBe(formatOf(name).paging !== 'none');
});
