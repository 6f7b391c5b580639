import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { parseOperations } from '../../src/processing/operations.js';
import { difference } from './likeness.js';
import { animation, noise, quarters, Workbench } from './workbench.js';

let bench: Workbench;
let photograph: string;
beforeAll(async () => {
  bench = await Workbench.open({ size: 2 });
  // Soft blobs with some grain: something to be lost, and something to be saved.
  const soft = sharp(await noise(24, 16).png().toBuffer()).resize(480, 320, { kernel: 'cubic' });
  const grain = await sharp(await noise(480, 320).png().toBuffer())
    .ensureAlpha(0.15)
    .png()
    .toBuffer();
  photograph = await bench.file(
    soft
      .composite([{ input: grain }])
      .removeAlpha()
      .png(),
  );
});
afterAll(() => bench.close());

type Options = Record<string, unknown>;

async function written(format: string, options: Options = {}, input = photograph) {
  const { output } = await bench.make(input, [{ operation: 'convert', format, ...options }]);
  const { size } = await stat(output);
  return { output, size, metadata: await sharp(output).metadata() };
}

/** Mean absolute difference, pixel by pixel. */
async function loss(output: string, input = photograph): Promise<number> {
  return difference(output, input, { side: null });
}

describe('an option makes its difference', () => {
  test.each([
    ['jpeg', { quality: 95 }, { quality: 40 }],
    ['jpeg', {}, { mozjpeg: true }],
    ['jpeg', { chromaSubsampling: '4:4:4' }, {}],
    ['png', { effort: 1 }, { effort: 9 }],
    ['png', {}, { palette: true }],
    ['png', { palette: true }, { palette: true, colours: 16 }],
    ['webp', { quality: 95 }, { quality: 40 }],
    ['webp', { lossless: true }, { nearLossless: true, quality: 40 }],
    ['webp', { nearLossless: true, quality: 40 }, {}],
    ['webp', { effort: 1 }, { effort: 9 }],
    ['avif', { quality: 80 }, { quality: 30 }],
    ['avif', { chromaSubsampling: '4:4:4' }, { chromaSubsampling: '4:2:0' }],
    ['avif', { lossless: true }, {}],
    ['tiff', { compression: 'none' }, { compression: 'lzw' }],
    ['tiff', { compression: 'lzw' }, { compression: 'jpeg', quality: 60 }],
    ['tiff', { compression: 'jpeg', quality: 90 }, { compression: 'jpeg', quality: 30 }],
    ['gif', {}, { colours: 8 }],
    ['gif', { dither: 1 }, { dither: 0 }],
  ])('%s with %j is larger than with %j', async (format, larger, smaller) => {
    const [one, other] = await Promise.all([written(format, larger), written(format, smaller)]);
    expect(one.size).toBeGreaterThan(other.size);
    expect(await loss(other.output)).toBeLessThan(20);
  });

  test.each([
    ['webp', { lossless: true }],
    ['avif', { lossless: true }],
    ['tiff', {}],
    ['tiff', { compression: 'packbits' }],
    ['png', { progressive: true, effort: 2 }],
  ])('%s with %j loses nothing', async (format, options) => {
    // What the encoder of AVIF rounds when it turns RGB into luma and chroma.
    expect(await loss((await written(format, options)).output)).toBeLessThanOrEqual(format === 'avif' ? 1 : 0);
  });

  test.each([
    ['jpeg', { progressive: true }],
    ['jpeg', { mozjpeg: true }],
    ['png', { progressive: true }],
  ])('%s with %j is progressive', async (format, options) => {
    expect((await written(format, options)).metadata.isProgressive).toBe(true);
    expect((await written(format)).metadata.isProgressive).toBe(false);
  });

  test('a palette is one, of so many colours', async () => {
    const { metadata, output } = await written('png', { palette: true, colours: 4 });
    expect(metadata).toMatchObject({ isPalette: true });
    const pixels = await sharp(output).removeAlpha().raw().toBuffer();
    const colours = new Set(Array.from({ length: pixels.length / 3 }, (_, at) => pixels.readUIntBE(at * 3, 3)));
    expect(colours.size).toBeLessThanOrEqual(4);
  });

  test('smart subsampling keeps coloured edges', async () => {
    const edges = await bench.file(quarters(64, 64));
    const [plain, smart] = await Promise.all([
      written('webp', { quality: 90 }, edges),
      written('webp', { quality: 90, smartSubsampling: true }, edges),
    ]);
    expect(await loss(smart.output, edges)).toBeLessThan(await loss(plain.output, edges));
  });
});

describe('what a way of writing cannot hold', () => {
  test('is made 8 bits, and opaque on the background', async () => {
    const half = { create: { width: 32, height: 32, channels: 4 as const, background: '#ff000080' } };
    const deep = await bench.file(sharp(half).toColourspace('rgb16').png());
    const tiff = await written('tiff', {}, deep);
    expect(tiff.metadata).toMatchObject({ depth: 'ushort', hasAlpha: true });
    const jpeg = await written('tiff', { compression: 'jpeg', background: 'blue' }, deep);
    expect(jpeg.metadata).toMatchObject({ depth: 'uchar', hasAlpha: false });
    const [red = 0, green = 0, blue = 0] = await sharp(jpeg.output).raw().toBuffer();
    expect([red, green, blue].map((value) => Math.round(value / 16))).toEqual([8, 0, 8]);
    expect((await written('png', { palette: true }, deep)).metadata).toMatchObject({ isPalette: true, depth: 'uchar' });
  });
});

test.each(['gif', 'webp'])('a %s plays as often as asked, or as before, at its own pace', async (format) => {
  const input = await bench.file(await animation('gif'));
  const delay = [100, 200, 300];
  expect((await written(format, {}, input)).metadata).toMatchObject({ loop: 2, delay, pages: 3 });
  expect((await written(format, { loop: 0 }, input)).metadata).toMatchObject({ loop: 0, delay, pages: 3 });
  expect((await written(format, { loop: 7 }, input)).metadata).toMatchObject({ loop: 7, delay, pages: 3 });
});

describe('options that make no sense together are refused by name', () => {
  test.each([
    ['webp', { lossless: true, nearLossless: true }, 'nearLossless'],
    ['webp', { lossless: true, quality: 80 }, 'quality'],
    ['webp', { nearLossless: true, smartSubsampling: true }, 'smartSubsampling'],
    ['avif', { lossless: true, chromaSubsampling: '4:2:0' }, 'chromaSubsampling'],
    ['png', { colours: 16 }, 'colours'],
    ['png', { palette: false, dither: 1 }, 'dither'],
    ['tiff', { quality: 80 }, 'quality'],
    ['tiff', { compression: 'lzw', background: 'red' }, 'background'],
    ['jpeg', { mozjpeg: true, progressive: false }, 'progressive'],
    ['jpeg', { palette: true }, 'palette'],
    ['avif', { progressive: true }, 'progressive'],
    ['gif', { quality: 3 }, 'quality'],
    ['jpeg', { loop: 3 }, 'loop'],
  ])('%s: %j', (format, options, parameter) => {
    const parsed = parseOperations([{ operation: 'convert', format, ...options }]);
    expect(parsed).toEqual({
      faults: [
        {
          kind: 'invalid-member',
          pointer: `/operations/0/${parameter}`,
          detail: expect.stringContaining(`${parameter}: `),
        },
      ],
    });
  });

  test('and those that do are taken', () => {
    const good = [
      { format: 'webp', lossless: false, quality: 80 },
      { format: 'webp', nearLossless: true, quality: 60, effort: 9, loop: 0 },
      { format: 'png', palette: true, colours: 16, dither: 0, effort: 3 },
      { format: 'tiff', compression: 'jpeg', quality: 80, background: 'black' },
      { format: 'jpeg', mozjpeg: true, progressive: true },
      { format: 'png', palette: false, effort: 9 },
    ].map((options) => ({ operation: 'convert', ...options }));
    expect(parseOperations(good)).toEqual({ operations: good });
  });
});
