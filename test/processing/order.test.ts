import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { type OperationCall } from '../../src/processing/operation.js';
import { assertSimilar } from './likeness.js';
import { noise, Workbench } from './workbench.js';

// sharp works in an order of its own; here every order is held against doing the operations one by one.

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open({ size: 2 });
});
afterAll(() => bench.close());

interface Step {
  readonly call: OperationCall;
  /** The same as sharp does it alone, on a PNG. */
  readonly alone: (image: Sharp) => Sharp;
}

const box = { left: 10, top: 5, width: 60, height: 22 };
const margins = { top: 4, bottom: 8, left: 2, right: 6 };

const steps: Record<string, Step> = {
  resize: {
    call: { operation: 'resize', width: 90, height: 30, fit: 'cover' },
    alone: (image) => image.resize(90, 30, { fit: 'cover' }),
  },
  frame: {
    call: { operation: 'resize', width: 90, height: 90, fit: 'contain' },
    alone: (image) => image.resize(90, 90, { fit: 'contain', background: '#0000' }),
  },
  crop: { call: { operation: 'crop', ...box }, alone: (image) => image.extract(box) },
  part: {
    call: { operation: 'crop', by: 'attention', width: 60, height: 22 },
    alone: (image) => image.resize(60, 22, { position: 'attention', withoutReduction: true }),
  },
  rotate: { call: { operation: 'rotate', angle: 90 }, alone: (image) => image.rotate(90) },
  flip: { call: { operation: 'flip' }, alone: (image) => image.flip() },
  flatten: {
    call: { operation: 'flatten', background: 'teal' },
    alone: (image) => image.flatten({ background: 'teal' }),
  },
  grayscale: { call: { operation: 'grayscale' }, alone: (image) => image.grayscale() },
  extend: {
    call: { operation: 'extend', ...margins, background: 'red' },
    alone: (image) => image.extend({ ...margins, background: 'red' }),
  },
  bare: {
    call: { operation: 'extend', ...margins },
    alone: (image) => image.extend({ ...margins, background: '#0000' }),
  },
  mirror: {
    call: { operation: 'extend', ...margins, with: 'mirror' },
    alone: (image) => image.extend({ ...margins, extendWith: 'mirror' }),
  },
  blur: { call: { operation: 'blur', sigma: 3 }, alone: (image) => image.blur(3) },
  sharpen: {
    call: { operation: 'sharpen', sigma: 3, flat: 5, jagged: 5 },
    alone: (image) => image.sharpen({ sigma: 3, m1: 5, m2: 5 }),
  },
  gamma: { call: { operation: 'gamma', gamma: 2 }, alone: (image) => image.gamma(1, 2) },
  darken: { call: { operation: 'gamma', gamma: 0.5 }, alone: (image) => image.gamma(2, 1) },
  modulate: {
    call: { operation: 'modulate', saturation: 0.6, brightness: 0.8, hue: 60 },
    alone: (image) => image.modulate({ saturation: 0.6, brightness: 0.8, hue: 60 }),
  },
  tint: { call: { operation: 'tint', colour: 'orange' }, alone: (image) => image.tint('orange') },
};

/** Soft blobs of colour on which every operation shows, and a transparent hole with soft edges. */
async function blobs({ hole = false } = {}): Promise<Buffer> {
  const opaque = await sharp(await noise(12, 8).png().toBuffer())
    .resize(120, 80, { kernel: 'cubic' })
    .modulate({ saturation: 2 })
    .png()
    .toBuffer();
  if (!hole) return opaque;
  const alpha = { create: { width: 120, height: 80, channels: 3 as const, background: 'white' } };
  const dark = { create: { width: 50, height: 40, channels: 3 as const, background: 'black' } };
  const mask = await sharp(
    await sharp(alpha)
      .composite([{ input: dark }])
      .png()
      .toBuffer(),
  )
    .blur(3)
    .extractChannel(0)
    .raw()
    .toBuffer();
  return sharp(opaque)
    .joinChannel(mask, { raw: { width: 120, height: 80, channels: 1 } })
    .png()
    .toBuffer();
}

async function oneByOne(image: Buffer, names: readonly string[]): Promise<Buffer> {
  for (const name of names) {
    const step = steps[name];
    if (!step) throw new Error(`There is no step ${name}.`);
    // sharp keeps a grey PNG's profile of channels: what tints or paints wants colours.
    const coloured = await sharp(image).toColourspace('srgb').png().toBuffer();
    image = await step
      .alone(sharp(name === 'grayscale' ? image : coloured))
      .png()
      .toBuffer();
  }
  return image;
}

const calls = (names: readonly string[]): OperationCall[] => names.flatMap((name) => steps[name]?.call ?? []);

const names = Object.keys(steps);
const added = ['frame', 'part', 'extend', 'bare', 'mirror', 'blur', 'sharpen', 'gamma', 'darken', 'modulate', 'tint'];
const pairs = names
  .flatMap((first) => names.map((second) => [first, second] as const))
  .filter((pair) => pair.some((name) => added.includes(name)))
  // A box does not fit into what the first has left.
  .filter((pair) => pair.join() !== 'part,crop');

describe.each([
  ['solid', false],
  ['transparent', true],
])('on a %s image', (_, hole) => {
  let image: Buffer;
  let path: string;
  beforeAll(async () => {
    image = await blobs({ hole });
    path = await bench.file(image);
  });

  test.each(pairs)('%s, then %s', async (...pair) => {
    const { output } = await bench.make(path, calls(pair));
    await assertSimilar(output, await oneByOne(image, pair), { most: 2, closely: true });
  });

  test('a long list in its order', async () => {
    const list = [
      'blur',
      'resize',
      'extend',
      'sharpen',
      'gamma',
      'flip',
      'tint',
      'modulate',
      'mirror',
      'rotate',
      'blur',
    ];
    const { output } = await bench.make(path, calls(list));
    await assertSimilar(output, await oneByOne(image, list), { most: 3, closely: true });
  });
});

test('the frames of an animation do not mix', async () => {
  const frames = await Promise.all(
    ['red', 'lime', 'blue'].map((background) =>
      sharp({ create: { width: 40, height: 30, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  const path = await bench.file(sharp(frames, { join: { animated: true } }).webp({ lossless: true }));
  const list = ['blur', 'mirror', 'sharpen', 'modulate'];
  const { output, header } = await bench.make(path, [...calls(list), { operation: 'convert', format: 'gif' }]);
  expect(header).toMatchObject({ width: 48, height: 42, pages: 3 });
  for (const [page, frame] of frames.entries()) {
    await assertSimilar(output, await oneByOne(frame, list), { page, closely: true });
  }
});
