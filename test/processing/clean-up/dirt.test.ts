import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { Workbench } from '../workbench.js';
import { changed, chance, grain, inkAgreement, pixelDifference, pixelsOf, scannedPage } from './scanned-page.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

async function made(image: Buffer, operation: string, parameters: object = {}) {
  return bench.make(await bench.file(image), [{ operation, ...parameters }]);
}

describe('despeckle', () => {
  // Between lines and beside the text.
  const specks = [
    [10, 10],
    [600, 20],
    [320, 60],
    [30, 470],
    [620, 300],
    [500, 440],
  ] as const;

  test('takes specks away, and nothing else', async () => {
    const clean = await scannedPage();
    const dirty = await changed(clean, (value, x, y) =>
      specks.some(([left, top]) => x === left && y === top) ? 0 : value,
    );
    const { output, findings } = await made(dirty, 'despeckle');
    expect(findings).toEqual({ despeckle: { specks: specks.length } });
    expect(await pixelDifference(output, clean)).toBe(0);
  });

  test('leaves dots and full stops: a clean page stays as it is', async () => {
    const clean = await scannedPage();
    const { output, findings } = await made(clean, 'despeckle');
    expect(findings).toEqual({ despeckle: { specks: 0 } });
    expect(await pixelDifference(output, clean)).toBe(0);
  });

  test('takes larger ones where they are asked for', async () => {
    const dirty = await changed(await scannedPage(), (value, x, y) =>
      x >= 600 && x < 605 && y >= 440 && y < 445 ? 0 : value,
    );
    const at = async (size: number) => {
      const { data, width } = await pixelsOf((await made(dirty, 'despeckle', { size })).output);
      return data[442 * width + 602];
    };
    expect(await at(0.15)).toBe(0);
    expect(await at(0.5)).toBe(255);
  });

  test('does nothing where there are no letters to compare with', async () => {
    const blank = await changed(await scannedPage(), (_, x, y) => (x % 50 === 0 && y % 50 === 0 ? 0 : 255));
    const { output, findings } = await made(blank, 'despeckle');
    expect(findings).toEqual({ despeckle: { specks: 0 } });
    expect(await pixelDifference(output, blank)).toBe(0);
  });
});

describe('denoise', () => {
  test('takes single black and white pixels away', async () => {
    const clean = await scannedPage();
    const random = chance();
    const noisy = await changed(clean, (value) => {
      const fate = random();
      return fate < 0.04 ? 0 : fate < 0.08 ? 255 : value;
    });
    const { output } = await made(noisy, 'denoise');
    expect(await pixelDifference(output, clean)).toBeLessThan((await pixelDifference(noisy, clean)) / 3);
  });

  test.each([15, 40])('takes grain of a deviation of %d away, and measures it', async (deviation) => {
    // Not black and white, where half of the grain would be cut off.
    const clean = await changed(await scannedPage(), (value) => 100 + value * 0.25);
    const random = grain(deviation);
    const noisy = await changed(clean, (value) => value + random());
    const { output, findings } = await made(noisy, 'denoise');
    const found = Number(findings['denoise']?.['noise']);
    expect(Math.abs(found - deviation) / deviation).toBeLessThan(0.15);
    expect(await pixelDifference(output, clean)).toBeLessThan((await pixelDifference(noisy, clean)) / 2);
  });

  test('takes single pixels away within grain', async () => {
    const clean = await changed(await scannedPage(), (value) => 40 + value * 0.7);
    const [random, fates] = [grain(25), chance()];
    const noisy = await changed(clean, (value) => {
      const fate = fates();
      return fate < 0.02 ? 0 : fate < 0.04 ? 255 : value + random();
    });
    const { output } = await made(noisy, 'denoise');
    expect(await inkAgreement(output, await scannedPage())).toBeGreaterThan(0.95);
    expect(await pixelDifference(output, clean)).toBeLessThan((await pixelDifference(noisy, clean)) / 3);
  });

  test('takes grain out of colours, and leaves them what they were', async () => {
    const { data, width, height } = await pixelsOf(await scannedPage());
    const raw = { raw: { width, height, channels: 3 as const } };
    const clean = Buffer.from(Array.from(data, (value) => (value > 128 ? [200, 190, 150] : [150, 40, 60])).flat());
    const random = grain(20);
    const noisy = await sharp(
      Uint8ClampedArray.from(clean, (value) => value + random()),
      raw,
    )
      .png()
      .toBuffer();
    const output = await sharp((await made(noisy, 'denoise')).output)
      .raw()
      .toBuffer();
    const error = (pixels: Buffer) => pixels.reduce((sum, value, at) => sum + Math.abs(value - (clean[at] ?? 0)), 0);
    expect(output).toHaveLength(clean.length);
    expect(error(output)).toBeLessThan(error(await sharp(noisy).raw().toBuffer()) / 3);
  });

  test('keeps print sharp', async () => {
    const clean = await scannedPage();
    const random = grain(25);
    const noisy = await changed(clean, (value) => 40 + value * 0.7 + random());
    expect(await inkAgreement((await made(noisy, 'denoise')).output, clean)).toBeGreaterThan(0.97);
  });

  test('leaves a clean page as it is', async () => {
    const clean = await scannedPage();
    const { output, findings } = await made(clean, 'denoise');
    expect(findings).toEqual({ denoise: { noise: expect.any(Number) } });
    expect(await pixelDifference(output, clean)).toBe(0);
  });
});
