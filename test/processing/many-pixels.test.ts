import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { scratchOf } from '../../src/processing/through-file.js';
import { ChildMemory } from './child-memory.js';
import { noise, Workbench } from './workbench.js';

// Above 64 MiB pixels go from stage to stage by way of a file, and are held once.

let bench: Workbench;
let memory: ChildMemory;
beforeAll(async () => {
  bench = await Workbench.open();
  await bench.processing.warm();
  memory = new ChildMemory(bench.processing);
});
afterEach(() => {
  memory.look();
});
afterAll(async () => {
  memory.stop();
  await bench.close();
});

const side = 4_200;
const quick = { compressionLevel: 1 };
const toPng = { operation: 'convert', format: 'png', effort: 1 };

type Space = 'srgb' | 'rgb16' | 'b-w' | 'grey16';

/** Every row and column differs, in all channels. */
function picture(space: Space, alpha: boolean): Sharp {
  const data = Buffer.alloc(side * side * 3);
  for (let at = 0; at < data.length; at += 1) data[at] = (at * 2_654_435_761) >>> 24;
  const image = sharp(data, { raw: { width: side, height: side, channels: 3 } });
  return (alpha ? image.ensureAlpha(0.5) : image).toColourspace(space).png(quick);
}

async function pixelsOf(image: Sharp | string): Promise<{ data: Buffer; channels: number }> {
  const opened = typeof image === 'string' ? sharp(image) : sharp(await image.png(quick).toBuffer());
  const { data, info } = await opened.raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true });
  return { data, channels: info.channels };
}

describe('passed on by way of a file', () => {
  test.each<[Space, boolean]>([
    ['srgb', true],
    ['rgb16', true],
    ['grey16', false],
  ])('pixels stay what they are: %s, alpha: %s', async (space, alpha) => {
    const input = await bench.file(picture(space, alpha));
    const { output } = await bench.make(input, [
      { operation: 'rotate', angle: 90 },
      { operation: 'flip' },
      { operation: 'rotate', angle: 90 },
      toPng,
    ]);
    // Two quarter turns with a mirror between them are the mirror alone.
    const [made, wanted] = [await pixelsOf(output), await pixelsOf(sharp(input).flip().toColourspace(space))];
    expect(made.channels).toBe(wanted.channels);
    expect(made.data.equals(wanted.data)).toBe(true);
    expect(existsSync(scratchOf(output))).toBe(false);
  });
});

test('a chain of stages over 50 megapixels of 16 bits takes little more than they do', async () => {
  const deep = sharp({ create: { width: 5_000, height: 5_000, channels: 4, background: '#12345678' } });
  const input = await bench.file(deep.toColourspace('rgb16').png(quick));
  const chain = [
    { operation: 'rotate', angle: 45 },
    { operation: 'flip' },
    { operation: 'flop' },
    { operation: 'rotate', angle: 90 },
  ];
  await bench.make(input, [...chain, { operation: 'resize', width: 100 }, toPng]);
  memory.look();
  expect(memory.peak).toBeGreaterThan(0);
  // 381 MiB of pixels, and what a child has without any.
  expect(memory.peak).toBeLessThan(600 * 2 ** 20);
});

test.each([
  [
    { operation: 'convert', format: 'avif' },
    /^To write avif takes 34 bytes of memory a pixel: of 36\.1 megapixels more/,
  ],
  [{ operation: 'convert', format: 'webp', lossless: true }, /lossless webp .* 960 MiB\..* at most 36\.1 megapixels/],
  [{ operation: 'convert', format: 'webp', nearLossless: true }, /lossless webp .* at most 36\.1 megapixels/],
])('an encoder that would take too much is not begun: %j', async (convert, detail) => {
  const input = await bench.file(sharp({ create: { width: 200, height: 200, channels: 3, background: 'red' } }).png());
  const result = await bench.processing.process({
    input,
    output: bench.at('refused'),
    operations: [{ operation: 'resize', width: 6_012 }, convert],
  });
  expect(result).toMatchObject({ ok: false, reason: 'too-large', detail: expect.stringMatching(detail) });
});

describe('a child that takes too much memory', () => {
  test('is ended, with the limit in the failure, and takes nothing with it', async () => {
    const tight = await Workbench.open({ size: 1, limits: { memoryMax: 130 * 2 ** 20 } });
    try {
      const input = await tight.file(noise(3_000, 3_000).jpeg());
      const output = tight.at('much');
      // 69 MiB of pixels, for as long as it takes to blur them.
      const operations = [{ operation: 'rotate', angle: 45 }, { operation: 'blur', sigma: 100 }, toPng];
      expect(await tight.processing.process({ input, output, operations })).toEqual({
        ok: false,
        reason: 'too-large',
        detail: 'It took more than 130 MiB of memory, the limit, and was stopped. A smaller image takes less.',
      });
      expect([output, scratchOf(output)].filter(existsSync)).toEqual([]);
      expect(await tight.make(input, [{ operation: 'resize', width: 90 }])).toMatchObject({ ok: true });
    } finally {
      await tight.close();
    }
  });
});
