import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { sniff } from '../../src/processing/sniff.js';
import { assertSimilar } from './likeness.js';
import { animation, noise, quarters, Workbench } from './workbench.js';

// What becomes of the kinds of input there are: how they lie, how many pages they have, what their pixels are.

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open({ size: 2 });
});
afterAll(() => bench.close());

const box = { left: 10, top: 5, width: 60, height: 22 };

describe('EXIF orientation', () => {
  const upright = () => quarters(120, 80);
  // What the stored pixels are, so that the orientation brings them upright.
  const stored: Record<number, (image: Sharp) => Sharp> = {
    1: (image) => image,
    2: (image) => image.flop(),
    3: (image) => image.rotate(180),
    4: (image) => image.flip(),
    5: (image) => image.flip().rotate(90),
    6: (image) => image.rotate(270),
    7: (image) => image.flop().rotate(90),
    8: (image) => image.rotate(90),
  };

  async function lying(orientation: number): Promise<string> {
    const turned = stored[orientation]?.(sharp(await upright().toBuffer())) ?? upright();
    return bench.file(
      sharp(await turned.png().toBuffer())
        .withMetadata({ orientation })
        .jpeg({ quality: 95 }),
    );
  }

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('%i is turned upright, first of all or later', async (orientation) => {
    const path = await lying(orientation);
    const expected = await upright().toBuffer();
    const first = await bench.make(path, [{ operation: 'autorotate' }, { operation: 'autorotate' }]);
    await assertSimilar(first.output, expected);
    expect((await sharp(first.output).metadata()).orientation ?? 1).toBe(1);
    const small = await bench.make(path, [
      { operation: 'resize', width: 60, height: 60 },
      { operation: 'autorotate' },
      { operation: 'convert', format: 'png' },
    ]);
    await assertSimilar(small.output, await sharp(expected).resize(60, 40).toBuffer());
    const cropped = await bench.make(path, [{ operation: 'autorotate' }, { operation: 'crop', ...box }]);
    await assertSimilar(cropped.output, await sharp(expected).extract(box).png().toBuffer());
  });

  test.each([
    [[{ operation: 'convert', format: 'webp' }]],
    [
      [
        { operation: 'resize', width: 100 },
        { operation: 'resize', width: 40 },
      ],
    ],
  ])('is passed on where nobody applied it, and nothing else is: %#', async (operations) => {
    const gps = { IFD3: { GPSLatitude: '51/1 30/1 0/1' }, IFD0: { Artist: 'Ann' } };
    const path = await bench.file(quarters().withMetadata({ orientation: 6 }).withExifMerge(gps).jpeg());
    const { output } = await bench.make(path, operations);
    const { orientation, exif } = await sharp(output).metadata();
    expect(orientation).toBe(6);
    expect(exif?.toString('latin1')).not.toContain('Ann');
  });
});

describe('several pages', () => {
  test.each(['gif', 'webp'] as const)('a %s stays animated through everything', async (format) => {
    const input = await animation(format);
    const path = await bench.file(input);
    const operations = [
      { operation: 'rotate', angle: 90 },
      { operation: 'flip' },
      { operation: 'resize', width: 20 },
      { operation: 'crop', left: 0, top: 0, width: 20, height: 20 },
      { operation: 'convert', format: format === 'gif' ? 'webp' : 'gif' },
    ];
    const { output, header } = await bench.make(path, operations);
    expect(header).toMatchObject({ width: 20, height: 20, pages: 3 });
    expect(await sharp(output).metadata()).toMatchObject({ pages: 3, delay: [100, 200, 300], loop: 2 });
    for (const page of [0, 1, 2]) {
      const frame = await sharp(input, { page }).png().toBuffer();
      const turned = await sharp(await sharp(frame).rotate(90).png().toBuffer())
        .flip()
        .png()
        .toBuffer();
      const expected = await sharp(await sharp(turned).resize(20).png().toBuffer())
        .extract({ left: 0, top: 0, width: 20, height: 20 })
        .png()
        .toBuffer();
      await assertSimilar(output, expected, { page, most: 6 });
    }
  });

  test('an animation becomes its first frame where the format has one', async () => {
    const path = await bench.file(await animation('gif'));
    const { output, header } = await bench.make(path, [{ operation: 'convert', format: 'png' }]);
    expect(header).toMatchObject({ width: 60, height: 40, pages: 1 });
    await assertSimilar(
      output,
      await sharp(await animation('gif'))
        .png()
        .toBuffer(),
    );
  });

  test('the pages of a TIFF stay, and are no animation', async () => {
    const frames = await Promise.all(
      ['red', 'blue'].map((b) =>
        sharp({ create: { width: 30, height: 20, channels: 3, background: b } })
          .png()
          .toBuffer(),
      ),
    );
    const path = await bench.file(sharp(frames, { join: { animated: true } }).tiff());
    const turned = await bench.make(path, [{ operation: 'rotate', angle: 90 }]);
    expect(await sharp(turned.output).metadata()).toMatchObject({ format: 'tiff', pages: 2, width: 20, height: 30 });
    expect((await bench.make(path, [{ operation: 'convert', format: 'gif' }])).header.pages).toBe(1);
  });
});

describe('pixels', () => {
  test('CMYK becomes sRGB', async () => {
    const cmyk = await quarters().withIccProfile('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const path = await bench.file(cmyk);
    for (const format of ['webp', 'png', 'jpeg']) {
      const { output } = await bench.make(path, [{ operation: 'convert', format }]);
      expect((await sharp(output).metadata()).space).toBe('srgb');
      await assertSimilar(output, await sharp(cmyk).png().toBuffer());
    }
  });

  test.each(['plain', 'with a profile'])(
    '16 bits stay 16 bits, with their colours, unless converted: %s',
    async (kind) => {
      const deep = sharp(await quarters().toBuffer()).toColourspace('rgb16');
      const image = await (kind === 'plain' ? deep : deep.withIccProfile('p3')).png().toBuffer();
      expect(await sharp(image).metadata()).toMatchObject({ depth: 'ushort', hasProfile: kind !== 'plain' });
      const path = await bench.file(image);
      const expected = await quarters(60, 40).toBuffer();
      const steps = [{ operation: 'flip' }, { operation: 'resize', width: 60 }, { operation: 'flip' }];
      for (const operations of [[{ operation: 'resize', width: 60 }], steps]) {
        const { output } = await bench.make(path, operations);
        expect(await sharp(output).metadata()).toMatchObject({ depth: 'ushort', space: 'rgb16' });
        await assertSimilar(output, expected);
        const webp = await bench.make(path, [...operations, { operation: 'convert', format: 'webp', quality: 95 }]);
        await assertSimilar(webp.output, expected);
      }
      const grey = await bench.make(path, [{ operation: 'grayscale' }]);
      expect(await sharp(grey.output).metadata()).toMatchObject({ depth: 'ushort', space: 'grey16' });
    },
  );

  test('transparent ones stay, or show the background in a format without', async () => {
    const path = await bench.file(
      sharp({ create: { width: 40, height: 40, channels: 4, background: '#00000000' } }).png(),
    );
    const kept = await bench.make(path, [{ operation: 'convert', format: 'webp' }]);
    expect((await sharp(kept.output).stats()).isOpaque).toBe(false);
    for (const [background, red] of [
      [undefined, 255],
      ['#400000', 64],
    ] as const) {
      const convert = { operation: 'convert', format: 'jpeg', ...(background && { background }) };
      const { output } = await bench.make(path, [convert]);
      expect((await sharp(output).stats()).channels[0]?.mean).toBeCloseTo(red, -1);
    }
  });

  test('corners are transparent after turning, and white in a JPEG', async () => {
    const path = await bench.file(quarters().jpeg());
    const { output, header } = await bench.make(path, [{ operation: 'rotate', angle: 45 }]);
    expect(header.format).toBe('jpeg');
    const corner = await sharp(output).extract({ left: 0, top: 0, width: 4, height: 4 }).raw().toBuffer();
    expect(Math.min(...corner)).toBeGreaterThan(250);
  });

  test.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const)('%s is read and written', async (format) => {
    const path = await bench.file(quarters(64, 48)[format]());
    expect(await bench.processing.inspect(path)).toMatchObject({ ok: true, header: { format, width: 64, height: 48 } });
    const { output, header } = await bench.make(path, [{ operation: 'flop' }]);
    expect(header).toMatchObject({ format, width: 64, height: 48, pages: 1 });
    await assertSimilar(
      output,
      await sharp(await quarters(64, 48).toBuffer())
        .flop()
        .png()
        .toBuffer(),
      { most: 6 },
    );
  });
});

test('a TIFF is known by its first bytes, wherever its directory lies', async () => {
  const tiff = await noise(300, 300).tiff({ compression: 'none' }).toBuffer();
  expect(await sniff(tiff.subarray(0, 4100))).toBe('tiff');
  expect(await sniff(Buffer.from('II'))).toBeUndefined();
});

describe('what is not an image', () => {
  const inspect = async (content: Buffer | string) => bench.processing.inspect(await bench.file(content));

  test.each([
    ['text', 'Dear Sir or Madam,'],
    ['nothing', ''],
    ['a JPEG in name only', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 2, 0xff, 0xd9])],
  ])('%s', async (_, content) => {
    expect(await inspect(content)).toEqual({ ok: false, reason: 'invalid-image', detail: 'Invalid image format.' });
  });

  test.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const)('a truncated %s says so', async (format) => {
    const whole = await noise(200, 200)[format]().toBuffer();
    const input = await bench.file(whole.subarray(0, Math.floor(whole.length * 0.7)));
    const output = bench.at('truncated');
    expect(await bench.processing.process({ input, output, operations: [{ operation: 'flip' }] })).toEqual({
      ok: false,
      reason: 'invalid-image',
      detail: 'The image is truncated: its end is missing.',
    });
  });

  test('a header that claims more pixels than there may be', async () => {
    const png = await quarters().toBuffer();
    png.writeUInt32BE(60_000, 16); // width and height in IHDR, whose check sum follows
    png.writeUInt32BE(50_000, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    expect(await inspect(png)).toEqual({
      ok: false,
      reason: 'too-large',
      detail: 'The image has 3000 megapixels (60000x50000); the limit is 50 megapixels.',
    });
  });

  test('a path that is not there is our fault', async () => {
    await expect(bench.processing.inspect(bench.at('nowhere'))).rejects.toThrow('ENOENT');
  });
});
