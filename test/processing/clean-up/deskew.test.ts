import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { assertSimilar } from '../likeness.js';
import { noise, quarters, Workbench } from '../workbench.js';
import { askew, inkAgreement, pixelDifference, scannedPage } from './scanned-page.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

const deskew = [{ operation: 'deskew' }];

async function deskewed(page: Buffer | Sharp) {
  const { output, findings, header } = await bench.make(await bench.file(page), deskew);
  return { output, finding: findings['deskew'], header };
}

describe('the skew of a page of text', () => {
  const angles = [-15, -12.3, -9, -6.5, -4, -2.2, -1, -0.4, 0, 0.3, 0.7, 1.5, 3.2, 5, 7.7, 10.4, 13, 15];
  test.each(angles)('of %d degrees is found to within 0.2, and taken away', async (angle) => {
    const page = await (await askew(angle)).toBuffer();
    const { output, finding } = await deskewed(page);
    expect(Math.abs(Number(finding?.['angle']) - angle)).toBeLessThanOrEqual(0.2);

    const again = await deskewed(await sharp(output).toBuffer());
    expect(Math.abs(Number(again.finding?.['angle']))).toBeLessThanOrEqual(0.2);
    const { width = 0, height = 0 } = await sharp(page).metadata();
    const straight = await sharp(await scannedPage())
      .resize(width, height, { fit: 'contain', background: 'white', withoutEnlargement: true })
      .png()
      .toBuffer();
    await assertSimilar(output, straight);
  });

  test('is found on dark paper, in shadow and through grain', async () => {
    const page = await (await askew(5)).negate({ alpha: false }).toBuffer();
    expect((await deskewed(page)).finding?.['angle']).toBeCloseTo(5, 0);
    const faint = await (await askew(-5)).linear(0.2, 50).toBuffer();
    expect((await deskewed(faint)).finding?.['angle']).toBeCloseTo(-5, 0);
  });

  test('is each page’s own', async () => {
    const frame = { width: 760, height: 640, fit: 'contain', background: 'white' } as const;
    const pages = await Promise.all(
      [4, -3, 0].map(async (angle) =>
        sharp(await (await askew(angle)).toBuffer())
          .resize({ ...frame, withoutEnlargement: true })
          .png()
          .toBuffer(),
      ),
    );
    const document = sharp(pages, { join: { animated: true } }).tiff({ compression: 'deflate' });
    const { finding, header, output } = await deskewed(document);
    expect(header).toMatchObject({ pages: 3, width: 760, height: 640 });
    const angles = finding?.['angles'];
    expect(Array.isArray(angles) ? angles.map((angle) => Math.round(angle) + 0) : angles).toEqual([4, -3, 0]);
    await assertSimilar(output, pages[2] ?? '', { page: 0 });
    await assertSimilar(output, pages[2] ?? '', { page: 1 });
  });
});

describe('a page', () => {
  test('that is straight stays as it is, pixel by pixel', async () => {
    expect(await pixelDifference((await deskewed(await scannedPage())).output, await scannedPage())).toBe(0);
  });

  test.each([
    ['noise', () => noise(400, 300).png()],
    ['a drawing', () => quarters(400, 300)],
    ['blank', () => sharp({ create: { width: 400, height: 300, channels: 3, background: 'white' } }).png()],
    ['a photograph with a slanting edge', () => slantingEdge()],
  ])('without text stays as it is: %s', async (_, picture) => {
    const image = await picture().toBuffer();
    const { output, finding } = await deskewed(image);
    expect(finding).toEqual({ angle: 0 });
    expect(await pixelDifference(output, image)).toBe(0);
  });

  test('grows where letters would be cut off, and no more than they need', async () => {
    const text = await sharp(await scannedPage())
      .trim()
      .png()
      .toBuffer();
    const { width = 0, height = 0 } = await sharp(text).metadata();
    const turned = await sharp(text).rotate(8, { background: 'white' }).png().toBuffer();
    const whole = await sharp(turned).metadata();
    // So narrow that the turned page's corners with letters lie at its edges.
    const narrow = await sharp(turned).trim().png().toBuffer();
    const { output } = await deskewed(narrow);
    const made = await sharp(output).metadata();
    expect(made.width).toBeGreaterThanOrEqual(width);
    expect(made.height).toBeGreaterThanOrEqual(height);
    expect(made.width * made.height).toBeLessThanOrEqual(whole.width * whole.height * 1.05);
    const straight = await sharp(output)
      .trim({ threshold: 100 })
      .resize(width, height, { fit: 'fill' })
      .png()
      .toBuffer();
    expect(await inkAgreement(straight, text)).toBeGreaterThan(0.6);
  });

  test('has corners of its paper’s colour', async () => {
    const paper = await sharp(await (await askew(6, 'white')).toBuffer())
      .toColourspace('srgb')
      .linear([0.94, 0.88, 0.7], [0, 0, 0])
      .png()
      .toBuffer();
    const { output } = await deskewed(paper);
    const [red, green, blue] = await sharp(output).removeAlpha().raw().toBuffer();
    expect([red, green, blue].map((value, at) => Math.abs((value ?? 0) - ([240, 224, 178][at] ?? 0)) <= 2)).toEqual([
      true,
      true,
      true,
    ]);
  });
});

/** Without a drawing: which loaders there are in this process other tests may have changed. */
function slantingEdge(): Sharp {
  const [width, height] = [400, 300];
  const below = (at: number): boolean => Math.floor(at / width) > 120 + (60 * (at % width)) / width;
  const data = Buffer.from(
    Array.from({ length: width * height }, (_, at) => (below(at) ? [85, 102, 68] : [136, 170, 204])).flat(),
  );
  return sharp(data, { raw: { width, height, channels: 3 } })
    .blur(1)
    .png();
}
