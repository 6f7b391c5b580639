import { afterAll, beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { bitmap, packed } from './bitmaps.js';
import { Workbench } from './workbench.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.open();
});
afterAll(() => bench.close());

/** The pixels of a BMP, as they come out. */
async function pixelsOf(bmp: Buffer): Promise<{ pixels: number[][][]; transparent: boolean }> {
  const { output } = await bench.make(await bench.file(bmp), [{ operation: 'convert', format: 'png' }]);
  const { data, info } = await sharp(output).raw().toBuffer({ resolveWithObject: true });
  const pixel = (place: number) => [...data.subarray(place * info.channels, (place + 1) * info.channels)];
  const row = (y: number) => Array.from({ length: info.width }, (_, x) => pixel(y * info.width + x));
  return { pixels: Array.from({ length: info.height }, (_, y) => row(y)), transparent: info.channels === 4 };
}

const red = [255, 0, 0];
const green = [0, 255, 0];
const blue = [0, 0, 255];
const white = [255, 255, 255];
const palette = [red, green, blue, white] as [number, number, number][];
/** What all of them show: three pixels over three. Files begin with the lower row. */
const shown = [
  [red, green, blue],
  [white, red, white],
];
const upper = [0, 1, 2];
const lower = [3, 0, 3];
const size = { width: 3, height: 2 };

const triple = ([r = 0, g = 0, b = 0]: number[]): number => b | (g << 8) | (r << 16);
const of555 = ([r = 0, g = 0, b = 0]: number[]): number => (b >> 3) | ((g >> 3) << 5) | ((r >> 3) << 10);
const of565 = ([r = 0, g = 0, b = 0]: number[]): number => (b >> 3) | ((g >> 2) << 5) | ((r >> 3) << 11);
const rows = (value: (colour: number[]) => number): number[][] => shown.map((row) => row.map(value)).reverse();
const masks565 = [0xf800, 0x07e0, 0x001f];

test.each([
  ['2 bits', bitmap({ ...size, bits: 2, palette, data: packed([lower, upper], 2) })],
  ['4 bits', bitmap({ ...size, bits: 4, palette, data: packed([lower, upper], 4) })],
  ['8 bits', bitmap({ ...size, bits: 8, palette, data: packed([lower, upper], 8) })],
  ['8 bits of OS/2', bitmap({ ...size, header: 12, bits: 24, data: packed(rows(triple), 24) })],
  ['top-down', bitmap({ ...size, bits: 8, topDown: true, palette, data: packed([upper, lower], 8) })],
  ['16 bits', bitmap({ ...size, bits: 16, data: packed(rows(of555), 16) })],
  ['16 bits with masks', bitmap({ ...size, bits: 16, compression: 3, masks: masks565, data: packed(rows(of565), 16) })],
  ['24 bits', bitmap({ ...size, bits: 24, data: packed(rows(triple), 24) })],
  ['32 bits', bitmap({ ...size, bits: 32, data: packed(rows(triple), 32) })],
  ['a header of version 5', bitmap({ ...size, header: 124, bits: 24, data: packed(rows(triple), 24) })],
  [
    'RLE8: runs, pixels as they are, ends of lines',
    bitmap({
      ...size,
      bits: 8,
      compression: 1,
      palette,
      data: Buffer.from([1, 3, 1, 0, 1, 3, 0, 0, 0, 3, 0, 1, 2, 0, 0, 1]),
    }),
  ],
  [
    'RLE4: two pixels a byte in turn',
    bitmap({
      ...size,
      bits: 4,
      compression: 2,
      palette,
      data: Buffer.from([3, 0x30, 0, 0, 0, 3, 0x01, 0x20, 0, 1]),
    }),
  ],
])('%s', async (_, bmp) => {
  expect(await pixelsOf(bmp)).toEqual({ pixels: shown, transparent: false });
});

test('1 bit, the first colour of the palette being white', async () => {
  const bmp = bitmap({
    ...size,
    bits: 1,
    palette: [palette[3], palette[0]] as never,
    data: packed(
      [
        [0, 1, 0],
        [1, 0, 1],
      ],
      1,
    ),
  });
  expect((await pixelsOf(bmp)).pixels).toEqual([
    [red, white, red],
    [white, red, white],
  ]);
});

test('an alpha channel, where a mask says so', async () => {
  const masks = [0x00ff0000, 0x0000ff00, 0x000000ff, 0xff000000];
  const data = packed([[0x80ff0000, 0xff00ff00]], 32);
  const bmp = bitmap({ width: 2, height: 1, header: 108, bits: 32, compression: 3, masks, data });
  expect(await pixelsOf(bmp)).toEqual({
    pixels: [
      [
        [...red, 128],
        [...green, 255],
      ],
    ],
    transparent: true,
  });
});

test('a move leaves the first colour behind', async () => {
  const data = Buffer.from([0, 2, 2, 1, 1, 1, 0, 1]);
  const bmp = bitmap({ ...size, bits: 8, compression: 1, palette: [white, red] as never, data });
  expect((await pixelsOf(bmp)).pixels).toEqual([
    [white, white, red],
    [white, white, white],
  ]);
});

const whole = bitmap({ ...size, bits: 24, data: packed(rows(triple), 24) });
const runs = bitmap({ ...size, bits: 8, compression: 1, palette, data: Buffer.from([3, 1, 0, 0, 3]) });
const patched = (at: number, value: number): Buffer => {
  const copy = Buffer.from(whole);
  copy.writeInt32LE(value, at);
  return copy;
};

test.each([
  ['without its last row', whole.subarray(0, -4), 'The image is truncated: its end is missing.'],
  ['without its header', whole.subarray(0, 30), 'The image is truncated: its end is missing.'],
  ['whose runs break off', runs, 'The image is truncated: its end is missing.'],
  ['of no width', patched(18, 0), 'Invalid image format.'],
  ['of 7 bits', patched(28, 7), 'Invalid image format.'],
  ['with a JPEG in it', patched(30, 4), 'Invalid image format.'],
  [
    'that claims 65k by 65k',
    patched(18, 65_535).fill(0xff, 22, 24),
    'The image has 4294.8 megapixels (65535x65535); the limit is 50 megapixels.',
  ],
])('%s', async (_, bmp, detail) => {
  const input = await bench.file(bmp);
  expect(
    await bench.processing.process({ input, output: bench.at('x'), operations: [{ operation: 'flip' }] }),
  ).toMatchObject({
    ok: false,
    detail,
  });
});
