import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { assertSimilar } from '../likeness.js';
import { quarters, Workbench } from '../workbench.js';
import { changed, chance, grain, scannedPage } from './scanned-page.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

async function trimmed(image: Buffer | Sharp, parameters: object = {}) {
  const result = await bench.make(await bench.file(image), [{ operation: 'trim', ...parameters }]);
  return { ...result, box: result.findings['trim'] };
}

async function bordered(background: string): Promise<Buffer> {
  const inside = await quarters(120, 80).toBuffer();
  return sharp(inside).extend({ left: 30, top: 20, right: 10, bottom: 15, background }).png().toBuffer();
}

test.each(['black', '#e0d0c0', 'yellow', 'transparent'])('a border of %s goes, to the pixel', async (background) => {
  const { output, box, header } = await trimmed(await bordered(background));
  expect(box).toEqual({ left: 30, top: 20, width: 120, height: 80 });
  expect(header).toMatchObject({ width: 120, height: 80 });
  await assertSimilar(output, await quarters(120, 80).toBuffer(), { most: 1 });
});

test('a margin is left, as far as there is one', async () => {
  expect((await trimmed(await bordered('black'), { margin: 12 })).box).toEqual({
    left: 18,
    top: 8,
    width: 142,
    height: 104,
  });
});

test('grain and specks in a border do not count', async () => {
  const random = grain(10);
  const speck = chance();
  const clean = (await trimmed(await scannedPage())).box;
  const dirty = await changed(await scannedPage(), (value) => (speck() < 0.001 ? 120 : 20 + value * 0.8) + random());
  expect((await trimmed(dirty)).box).toEqual(clean);
});

test('what has no border, or is nothing else, stays', async () => {
  const whole = await trimmed(quarters(120, 80));
  expect(whole.box).toEqual({ left: 0, top: 0, width: 120, height: 80 });
  const blank = sharp({ create: { width: 50, height: 40, channels: 3, background: 'teal' } }).png();
  expect((await trimmed(blank)).header).toMatchObject({ width: 50, height: 40 });
});

test('of several pages none loses anything', async () => {
  const page = (left: number, top: number) =>
    sharp({ create: { width: 100, height: 80, channels: 3, background: 'white' } })
      .composite([{ input: { create: { width: 20, height: 10, channels: 3, background: 'navy' } }, left, top }])
      .png()
      .toBuffer();
  const pages = [await page(10, 30), await page(60, 15)];
  const { box, header } = await trimmed(sharp(pages, { join: { animated: true } }).tiff({ compression: 'deflate' }));
  expect(box).toEqual({ left: 10, top: 15, width: 70, height: 25 });
  expect(header).toMatchObject({ pages: 2, width: 70, height: 25 });
});
