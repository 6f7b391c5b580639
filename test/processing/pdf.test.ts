import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { pdfOf, quartersOn } from './documents.js';
import { assertSimilar } from './likeness.js';
import { animation, quarters, Workbench } from './workbench.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open({ size: 1, limits: { formatsExtra: ['pdf'] } });
});
afterAll(() => bench.close());

const toPng = { operation: 'convert', format: 'png' };

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
  const { output } = await bench.make(await bench.file(lying), [{ operation: 'convert', format: 'pdf', density: 100 }]);
  const seen = await bench.make(output, [{ operation: 'read', density: 100 }, toPng]);
  await assertSimilar(seen.output, await quarters(128, 64).toBuffer(), { most: 6 });
});
