import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { type OperationCall } from '../../src/processing/operation.js';
import { assertSimilar } from './likeness.js';
import { quarters, Workbench } from './workbench.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open({ size: 2 });
});
afterAll(() => bench.close());

const box = { left: 10, top: 5, width: 60, height: 22 };

/** Each operation by itself, as sharp does it alone on a PNG without orientation. */
const alone = {
  resize: [{ operation: 'resize', width: 90, height: 30, fit: 'cover' }, (i) => i.resize(90, 30, { fit: 'cover' })],
  crop: [{ operation: 'crop', ...box }, (i) => i.extract(box)],
  rotate: [{ operation: 'rotate', angle: 90 }, (i) => i.rotate(90)],
  flip: [{ operation: 'flip' }, (i) => i.flip()],
  flop: [{ operation: 'flop' }, (i) => i.flop()],
  flatten: [{ operation: 'flatten', background: 'red' }, (i) => i.flatten({ background: 'red' })],
  grayscale: [{ operation: 'grayscale' }, (i) => i.grayscale()],
} satisfies Record<string, [OperationCall, (image: Sharp) => Sharp]>;

type Alone = keyof typeof alone;
const names = Object.keys(alone) as Alone[];

async function oneByOne(image: Buffer, steps: readonly Alone[]): Promise<Buffer> {
  for (const step of steps) image = await alone[step][1](sharp(image)).png().toBuffer();
  return image;
}

describe('operations', () => {
  const pairs = names
    .flatMap((first) => names.map((second) => [first, second] as const))
    .filter((pair) => pair.join() !== 'crop,crop');
  test.each(pairs)('%s, then %s', async (first, second) => {
    const image = await quarters(120, 80, 4).toBuffer();
    const path = await bench.file(image);
    const { output } = await bench.make(path, [alone[first][0], alone[second][0]]);
    await assertSimilar(output, await oneByOne(image, [first, second]));
  });

  test('a long list in its order', async () => {
    const steps: Alone[] = ['rotate', 'resize', 'crop', 'flip', 'resize', 'flop', 'rotate', 'grayscale'];
    const image = await quarters(240, 200).toBuffer();
    const { output } = await bench.make(
      await bench.file(image),
      steps.map((step) =>
        step === 'crop' ? { operation: 'crop', left: 5, top: 5, width: 70, height: 20 } : alone[step][0],
      ),
    );
    let expected = await sharp(image).rotate(90).png().toBuffer();
    expected = await sharp(expected).resize(90, 30).png().toBuffer();
    expected = await sharp(expected).extract({ left: 5, top: 5, width: 70, height: 20 }).png().toBuffer();
    await assertSimilar(output, await oneByOne(expected, ['flip', 'resize', 'flop', 'rotate', 'grayscale']));
  });

  test('a colour painted on grey is that colour', async () => {
    const path = await bench.file(quarters());
    const frame = { operation: 'resize', width: 200, height: 80, fit: 'contain', background: '#ff0000' };
    const { output } = await bench.make(path, [{ operation: 'grayscale' }, frame]);
    const { data } = await sharp(output)
      .extract({ left: 0, top: 0, width: 1, height: 1 })
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 3)]).toEqual([255, 0, 0]);
    const grey = await bench.make(path, [{ operation: 'grayscale' }, { operation: 'resize', width: 50 }]);
    expect((await sharp(grey.output).metadata()).channels).toBe(1);
  });

  test('a box beyond the image is refused with the size there', async () => {
    const input = await bench.file(quarters());
    const operations = [
      { operation: 'resize', width: 60 },
      { operation: 'crop', ...box },
    ];
    expect(await bench.processing.process({ input, output: bench.at('x'), operations })).toMatchObject({
      ok: false,
      reason: 'operation-failed',
      detail: 'crop: the box 60x22 at 10,5 reaches beyond the image, which is 60x40 there.',
    });
  });

  test('an outcome may not be beyond the limit', async () => {
    const input = await bench.file(quarters());
    const operations = [{ operation: 'resize', width: 16_000, height: 16_000, fit: 'fill' }];
    expect(await bench.processing.process({ input, output: bench.at('x'), operations })).toMatchObject({
      reason: 'too-large',
      detail: 'resize would make an image of 256 megapixels; the limit is 100 megapixels.',
    });
  });
});
