import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { Workbench } from '../workbench.js';
import { changed, grain, inkAgreement, pixelDifference, pixelsOf, scannedPage, type Pixel } from './scanned-page.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

async function made(image: Buffer, ...operations: string[]): Promise<string> {
  const { output } = await bench.make(
    await bench.file(image),
    operations.map((operation) => ({ operation })),
  );
  return output;
}

/** Grey paper, and light that falls from the left at the top. */
const shadow: Pixel = (value, x, y) => (20 + value * 0.8) * (1 - 0.7 * Math.min(1, (x / 640 + y / 480) / 1.6));
const edge: Pixel = (value, x, y) => (30 + value * 0.7) * (x - y / 2 > 300 ? 0.35 : 1);
const deep: Pixel = (value, x, y) => (30 + value * 0.7) * (x - y / 2 > 300 ? 0.16 : 1);
const faint: Pixel = (value) => 180 + value * 0.15;

describe('normalise', () => {
  test.each([
    ['a shadow', shadow, 0.97],
    ['the edge of a shadow', edge, 0.97],
    ['the edge of a deep one', deep, 0.97],
  ])('takes %s away', async (_, light, most) => {
    const clean = await scannedPage();
    const shaded = await changed(clean, light);
    const before = await inkAgreement(shaded, clean);
    expect(before).toBeLessThan(0.8);
    const output = await made(shaded, 'normalise');
    expect(await inkAgreement(output, clean)).toBeGreaterThan(most);
    expect(await pixelDifference(output, clean)).toBeLessThan((await pixelDifference(shaded, clean)) / 4);
  });

  test('leaves white paper and dark ground alone', async () => {
    const clean = await scannedPage();
    expect(await pixelDifference(await made(clean, 'normalise'), clean)).toBe(0);
    const negative = await sharp(clean).negate().png().toBuffer();
    expect(await pixelDifference(await made(negative, 'normalise'), negative)).toBe(0);
  });

  test('keeps colours and transparency', async () => {
    const { data, width, height } = await pixelsOf(await scannedPage());
    // Red print on a page that darkens to the right; the left quarter is transparent.
    const rgba = Uint8ClampedArray.from({ length: data.length * 4 }, (_, at) => {
      const x = (at >> 2) % width;
      if (at % 4 === 3) return x < width / 4 ? 0 : 255;
      return (1 - (0.5 * x) / width) * ((data[at >> 2] ?? 0) > 128 ? 230 : at % 4 === 0 ? 180 : 20);
    });
    const page = await sharp(rgba, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer();
    const result = await sharp(await made(page, 'normalise'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(result.info.channels).toBe(4);
    const at = (x: number, y: number) => [...result.data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
    expect(at(5, 5)[3]).toBe(0);
    expect(Math.min(...at(width - 5, 5))).toBeGreaterThan(245);
    const print = data.findIndex((value, index) => value < 128 && index % width > width / 2);
    const [red = 0, green = 0] = at(print % width, Math.floor(print / width));
    expect(red).toBeGreaterThan(5 * green);
  });
});

describe('binarise', () => {
  test.each([
    ['a clean page', (value: number) => value, 0.995],
    ['a shadow', shadow, 0.97],
    ['the edge of a shadow', edge, 0.95],
    ['faint print', faint, 0.97],
  ])('makes black print on white paper of %s', async (_, light, most) => {
    const clean = await scannedPage();
    const output = await made(await changed(clean, light), 'binarise');
    expect(new Set((await pixelsOf(output)).data)).toEqual(new Set([0, 255]));
    expect((await sharp(output).metadata()).channels).toBe(1);
    expect(await inkAgreement(output, clean)).toBeGreaterThan(most);
  });

  test('keeps light print light, on dark ground', async () => {
    const negative = await sharp(await scannedPage())
      .negate()
      .png()
      .toBuffer();
    expect(await pixelDifference(await made(negative, 'binarise'), negative)).toBeLessThan(1);
  });

  test('keeps what is black all over, however large', async () => {
    const block = await changed(await scannedPage(), (value, x, y) => (x > 400 && y > 330 ? 12 : value));
    const { data, width } = await pixelsOf(await made(block, 'binarise'));
    expect(data[400 * width + 520]).toBe(0);
  });

  test('finds less ink the more k asks for', async () => {
    const random = grain(12);
    const page = await bench.file(await changed(await scannedPage(), (value) => 60 + value * 0.5 + random()));
    const ink = async (k: number) => {
      const { output } = await bench.make(page, [{ operation: 'binarise', k, window: 31 }]);
      return (await pixelsOf(output)).data.filter((value) => value === 0).length;
    };
    expect(await ink(0.05)).toBeGreaterThan(1.5 * (await ink(0.5)));
  });
});

test('one after the other they make a clean page of a photographed one', async () => {
  const clean = await scannedPage();
  const random = grain(10);
  const photographed = await changed(clean, (value, x, y) => shadow(value, x, y) + random());
  const output = await made(photographed, 'normalise', 'denoise', 'deskew', 'despeckle', 'binarise');
  expect(await inkAgreement(output, clean)).toBeGreaterThan(0.9);
});
