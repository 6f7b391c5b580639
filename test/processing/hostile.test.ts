import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { extraFormats, formatNames } from '../../src/processing/formats.js';
import { bitmap } from './bitmaps.js';
import { pdfOf } from './documents.js';
import {
  blackRows,
  chunk,
  deflatedZeros,
  gif,
  jpegHeader,
  png,
  tiff,
  webpHeader,
  withSizeBehind,
  withStatedSize,
} from './hostile-files.js';
import { drawing, fixture, HostileScene, toPng, whole } from './hostile-scene.js';
import { noise, quarters } from './workbench.js';

/** What costs more than it looks like, or says what is not so. Each is a failure that says why, or does none; then the pool goes on. */
let scene: HostileScene;
let good: string;
const fate: HostileScene['fate'] = (...given) => scene.fate(...given);

beforeAll(async () => {
  scene = await HostileScene.open({ formatsExtra: extraFormats, timeoutMs: 20_000 });
  good = await scene.bench.file(quarters());
});
afterEach(async () => {
  expect(await scene.bench.processing.inspect(good)).toMatchObject({ ok: true });
});
afterAll(() => scene.close());

describe('a truncated file', () => {
  const cuts = formatNames.flatMap((format) => [0.2, 0.5, 0.9].map((share) => [format, share] as const));
  test.each(cuts)('%s, after %d of it', async (format, share) => {
    const bytes = await whole[format]();
    expect(await fate(bytes.subarray(0, Math.floor(bytes.length * share)))).toMatchObject({
      ok: false,
      reason: 'invalid-image',
    });
  });
});

describe('a header that lies', () => {
  const side = 65_535;
  test.each<[string, () => Buffer | Promise<Buffer>]>([
    // Behind the length of the frame header and the bits of a sample.
    ['jpeg', async () => withSizeBehind(await whole.jpeg(), Buffer.from('ffc0001108', 'hex'), 65_500, 65_500, 'BE')],
    ['png of 67 bytes', () => png(side, side, deflateSync(Buffer.alloc(1)))],
    ['webp', async () => withSizeBehind(await whole.webp(), Buffer.from('9d012a', 'hex'), 16_383, 16_383, 'LE')],
    ['gif of 43 bytes', () => gif(1, side, side)],
    ['bmp', () => bitmap({ width: side, height: side, bits: 1, data: Buffer.alloc(4) })],
    ['tiff', () => tiff(1, { width: side, height: side })],
    ['avif', async () => withStatedSize(await whole.avif(), side, side)],
    ['heic', () => withStatedSize(fixture('quarters.heic'), 30_000, 30_000)],
    ['svg', () => Buffer.from(drawing.replace('"90"', '"30000"').replace('"90"', '"30000"'))],
    ['pdf', () => pdfOf([{ width: 14_400, height: 14_400 }])],
  ])('%s: too large', async (_, make) => {
    const result = await fate(await make());
    expect(result).toMatchObject({
      ok: false,
      reason: 'too-large',
      detail: expect.stringMatching(/megapixels.*limit is 50 megapixels/),
    });
  });

  test.each<[string, () => Buffer | Promise<Buffer>]>([
    [
      'avif that is larger than it says',
      async () => withStatedSize(await noise(3_000, 2_000).avif({ effort: 0 }).toBuffer(), 16, 16),
    ],
    ['heic that is larger than it says', () => withStatedSize(fixture('quarters.heic'), 16, 16)],
    ['jpeg without pixels', () => jpegHeader(100, 100)],
    ['png without pixels', () => png(100, 100, deflateSync(Buffer.alloc(0)))],
    ['webp without pixels', () => webpHeader(100, 100)],
    ['tiff without pixels', () => tiff(1, { width: 100, height: 100 })],
    ['heic of no size', () => withStatedSize(fixture('quarters.heic'), 0, 0)],
    ['bmp that ends before its masks', () => maskless(40, 3).subarray(0, 58)],
    ['bmp with a header too short for its masks', () => maskless(20, 3)],
    ['png of no width', async () => png(0, 9, await blackRows(1, 9))],
  ])('%s', async (_, make) => {
    expect(await fate(await make())).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/invalid-image|operation-failed/),
    });
  });
});

/** A BMP of 16 bits whose masks would be somewhere. */
function maskless(header: number, compression: 3 | 6): Buffer {
  const file = bitmap({ width: 4, height: 4, bits: 16, data: Buffer.alloc(32) }).subarray(0, 14 + header);
  file.writeUInt32LE(header, 14);
  file.writeUInt32LE(compression, 30);
  return file;
}

describe('a bomb', () => {
  test.each<[string, () => Buffer | Promise<Buffer>]>([
    ['png, 324 megapixels in 320 kB', async () => png(18_000, 18_000, await blackRows(18_000, 18_000))],
    [
      'tiff',
      () => tiff(1, { width: 18_000, height: 18_000, compression: 8, data: deflateSync(Buffer.alloc(324_000_000)) }),
    ],
    ['webp', () => solid(7_500, 7_500).webp({ lossless: true, effort: 0 }).toBuffer()],
    ['gif', () => solid(7_500, 7_500).gif({ effort: 1 }).toBuffer()],
  ])('%s: told from its header', async (_, make) => {
    expect(await fate(await make())).toMatchObject({ ok: false, reason: 'too-large' });
  });

  test.each<[string, () => Buffer]>([
    ['gif of 10,000 frames', () => gif(10_000)],
    ['webp of 10,000 frames', () => webpHeader(1, 1, 10_000)],
    ['tiff of 10,000 pages', () => tiff(10_000)],
    ['pdf of 10,000 pages', () => pdfOf(Array.from({ length: 10_000 }, () => ({})))],
  ])('%s', async (_, make) => {
    expect(await fate(make())).toMatchObject({
      ok: false,
      reason: 'too-large',
      detail: 'The image has 10000 pages; the limit is 1000.',
    });
  });

  test('within the limits it is an image like any other', async () => {
    const bomb = png(7_000, 7_000, await blackRows(7_000, 7_000));
    const result = await fate(bomb, [{ operation: 'rotate', angle: 45 }, { operation: 'resize', width: 100 }, toPng]);
    expect(result).toMatchObject({ ok: true });
  });

  test('a text and a profile in a png that unfold to a hundred megabytes', async () => {
    const zeros = await deflatedZeros(100_000_000);
    const text = chunk('zTXt', Buffer.concat([Buffer.from('bomb\0\0', 'latin1'), zeros]));
    const profile = chunk('iCCP', Buffer.concat([Buffer.from('bomb\0\0', 'latin1'), zeros]));
    for (const more of [[text], [profile]]) await fate(png(9, 9, await blackRows(9, 9), more));
    scene.memory.look();
    expect(scene.memory.peak).toBeLessThan(2 ** 30);
  });

  test('boxes by the hundred thousand', async () => {
    const box = Buffer.from('\0\0\0\x08free', 'latin1');
    for (const start of [fixture('quarters.heic'), await whole.avif()]) {
      const boxes = Buffer.concat([start.subarray(0, start.readUInt32BE(0)), Buffer.alloc(800_000, box)]);
      expect(await fate(boxes)).toMatchObject({ ok: false, detail: 'The file has more than 1000 boxes.' });
    }
  });

  test('entries of an archive by the hundred thousand', async () => {
    const entries = Buffer.alloc(3_000_000, Buffer.from(`PK\x03\x04${'\0'.repeat(22)}\x01\0\0\0a`, 'latin1'));
    expect(await fate(entries)).toMatchObject({ reason: 'invalid-image' });
  });

  test('runs that leave a BMP of one column', async () => {
    const runs = bitmap({ width: 1, height: 9, bits: 8, compression: 1, data: Buffer.alloc(5_000_000, 255) });
    expect(await fate(runs)).toMatchObject({ reason: 'invalid-image' });
  });

  test('a chain of TIFF directories that bites its tail', async () => {
    expect(await fate(tiff(3, { loop: true }))).toMatchObject({ ok: false, reason: 'invalid-image' });
  });

  function solid(width: number, height: number) {
    return sharp({ create: { width, height, channels: 3, background: 'black' }, limitInputPixels: false });
  }
});

test('through all of this no child had a gigabyte', () => {
  scene.memory.look();
  if (process.platform === 'linux') expect(scene.memory.peak).toBeGreaterThan(0);
  expect(scene.memory.peak).toBeLessThan(2 ** 30);
});
