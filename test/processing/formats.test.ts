import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
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

describe('PDF', () => {
  const four = (): Buffer => pdfOf([72, 144, 36, 72].map((width) => quartersOn(width, 36)));

  test('has its pages at 200 pixels an inch, or as asked', async () => {
    const input = await bench.file(four());
    const inspected = await bench.processing.inspect(input);
    expect(inspected).toMatchObject({ header: { width: 200, height: 100, pages: 4, mediaType: 'application/pdf' } });
    const { header } = await bench.make(input, [{ operation: 'read', density: 72 }, toPng]);
    expect(header).toMatchObject({ width: 72, height: 36, pages: 1 });
  });

  test('shows the page that was asked for', async () => {
    const { header, output } = await bench.make(await bench.file(four()), [{ operation: 'read', page: 2 }, toPng]);
    expect(header).toMatchObject({ width: 400, height: 100 });
    await assertSimilar(output, await quarters(400, 100).toBuffer());
  });

  test('stays several pages in tiff, all as large as the first', async () => {
    const { header, output } = await bench.make(await bench.file(four()), [{ operation: 'convert', format: 'tiff' }]);
    expect(header).toMatchObject({ width: 200, height: 100, pages: 4 });
    // The second was twice as wide: it is fitted in, and white is around it.
    const second = await sharp(output, { page: 1 })
      .extract({ left: 0, top: 25, width: 200, height: 50 })
      .png()
      .toBuffer();
    await assertSimilar(second, await quarters(200, 50).toBuffer());
    const above = sharp(output, { page: 1 }).extract({ left: 0, top: 0, width: 200, height: 20 });
    expect(Math.min(...(await above.raw().toBuffer()))).toBe(255);
  });

  test('is written with all pages of a TIFF, and again read', async () => {
    const pages = ['red', 'lime', 'blue'].map((background) => ({
      create: { width: 60, height: 40, channels: 3 as const, background },
    }));
    const frames = await Promise.all(pages.map((page) => sharp(page).png().toBuffer()));
    const tiff = await sharp(frames, { join: { animated: true } })
      .tiff({ compression: 'deflate' })
      .toBuffer();
    const { header, output } = await bench.make(await bench.file(tiff), [
      { operation: 'convert', format: 'pdf', density: 100, lossless: true },
    ]);
    expect(header).toMatchObject({ format: 'pdf', width: 60, height: 40, pages: 3 });
    const third = await bench.make(output, [{ operation: 'read', page: 3, density: 100 }, toPng]);
    expect(third.header).toMatchObject({ width: 60, height: 40 });
    const middle = sharp(third.output).extract({ left: 30, top: 30, width: 1, height: 1 });
    expect([...(await middle.raw().toBuffer())]).toEqual([0, 0, 255]);
  });

  test('has one page of an animation, and shows white where it is transparent', async () => {
    const of = await bench.make(await bench.file(await animation('gif')), [{ operation: 'convert', format: 'pdf' }]);
    expect(of.header.pages).toBe(1);
    const clear = sharp({ create: { width: 20, height: 20, channels: 4, background: 'transparent' } }).png();
    const { output } = await bench.make(await bench.file(clear), [{ operation: 'convert', format: 'pdf' }]);
    const seen = await bench.make(output, [toPng]);
    expect((await sharp(seen.output).stats()).channels[0]?.min).toBeGreaterThan(250);
  });

  test.each([true, false])('is grey where the image is; lossless: %s', async (lossless) => {
    const grey = await bench.make(await bench.file(quarters()), [
      { operation: 'grayscale' },
      { operation: 'convert', format: 'pdf', lossless },
    ]);
    expect(await readFile(grey.output, 'latin1')).toContain('/DeviceGray');
  });

  test('is laid out with the density of the input, or as asked; never larger than readers take', async () => {
    const boxOf = async (image: Sharp, density?: number): Promise<string | undefined> => {
      const convert = { operation: 'convert', format: 'pdf', ...(density !== undefined && { density }) };
      const { output } = await bench.make(await bench.file(image), [convert]);
      return /MediaBox \[0 0 ([\d.]+ [\d.]+)\]/.exec(await readFile(output, 'latin1'))?.[1];
    };
    const image = () => quarters(600, 300);
    expect(await boxOf(image())).toBe('288 144');
    expect(await boxOf(image().withMetadata({ density: 300 }))).toBe('144 72');
    expect(await boxOf(image(), 600)).toBe('72 36');
    expect(await boxOf(quarters(12_000, 10), 18)).toBe('14400 12');
  });

  test('shows an image upright whose orientation nobody applied', async () => {
    const turned = await sharp(await quarters(128, 64).toBuffer())
      .rotate(270)
      .png()
      .toBuffer();
    const lying = sharp(turned).withMetadata({ orientation: 6 }).jpeg({ quality: 95 });
    const { output } = await bench.make(await bench.file(lying), [
      { operation: 'convert', format: 'pdf', density: 100 },
    ]);
    const seen = await bench.make(output, [{ operation: 'read', density: 100 }, toPng]);
    await assertSimilar(seen.output, await quarters(128, 64).toBuffer(), { most: 6 });
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
