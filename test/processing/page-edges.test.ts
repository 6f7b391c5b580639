import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { type OperationCall } from '../../src/processing/operation.js';
import { Workbench } from './workbench.js';

// sharp holds pages as one strip; none may show anything of its neighbours.

let bench: Workbench;
let input: string;
beforeAll(async () => {
  bench = await Workbench.open();
  const pages = ['red', 'lime', 'blue'].map((background) => sharp({ create: { ...size, channels: 3, background } }));
  const files = await Promise.all(pages.map((page) => page.png().toBuffer()));
  input = await bench.file(sharp(files, { join: { animated: true } }).tiff({ compression: 'deflate' }));
});
afterAll(() => bench.close());

const size = { width: 60, height: 40 };

test.each<[string, OperationCall]>([
  ['smaller', { operation: 'resize', width: 23 }],
  ['larger', { operation: 'resize', width: 170, kernel: 'cubic' }],
  ['distorted', { operation: 'resize', width: 50, height: 91, fit: 'fill' }],
  ['cut', { operation: 'resize', width: 30, height: 30, fit: 'cover' }],
  ['blurred', { operation: 'blur', sigma: 5 }],
  ['sharpened', { operation: 'sharpen', sigma: 3 }],
  ['with margins of what is at its edge', { operation: 'extend', top: 9, bottom: 9, with: 'copy' }],
  ['turned over', { operation: 'flip' }],
])('a page of one colour is of one colour still: %s', async (_, operation) => {
  const { output, header } = await bench.make(input, [operation]);
  expect(header.pages).toBe(3);
  const colours = await Promise.all([0, 1, 2].map(async (page) => (await sharp(output, { page }).stats()).channels));
  expect(colours.map((channels) => channels.slice(0, 3).map(({ min, max }) => [min, max]))).toEqual([
    [only(255), only(0), only(0)],
    [only(0), only(255), only(0)],
    [only(0), only(0), only(255)],
  ]);
});

function only(value: number): [number, number] {
  return [value, value];
}

test('what all pages together come to is held where they are worked on one by one', async () => {
  const tight = await Workbench.open({ size: 1, limits: { outputPixelsMax: 10_000 } });
  try {
    const operations = [{ operation: 'resize', width: 90 }];
    expect(await tight.processing.process({ input, output: tight.at('out'), operations })).toMatchObject({
      ok: false,
      reason: 'too-large',
      detail: expect.stringMatching(/^resize would make/),
    });
  } finally {
    await tight.close();
  }
});
