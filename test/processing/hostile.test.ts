import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { extraFormats, type FormatName, formatNames } from '../../src/processing/formats.js';
import { type OperationCall } from '../../src/processing/operation.js';
import { type ProcessingResult } from '../../src/processing/processing.js';
import { bitmap } from './bitmaps.js';
import { ChildMemory } from './child-memory.js';
import { pdfOf, quartersOn } from './documents.js';
import {
  blackRows,
  chunk,
  damaged,
  deflatedZeros,
  dice,
  gif,
  jpegHeader,
  png,
  tiff,
  webpHeader,
  withSizeBehind,
  withStatedSize,
} from './hostile-files.js';
import { noise, quarters, Workbench } from './workbench.js';

/** What is sent to do harm. Each is a failure that says why, or does none; then the pool goes on. */
let bench: Workbench;
let memory: ChildMemory;
let good: string;

beforeAll(async () => {
  bench = await Workbench.open({ size: 1, limits: { formatsExtra: extraFormats, timeoutMs: 20_000 } });
  memory = new ChildMemory(bench.processing);
  good = await bench.file(quarters());
});
afterEach(async () => {
  expect(await bench.processing.inspect(good)).toMatchObject({ ok: true });
});
afterAll(async () => {
  memory.stop();
  await bench.close();
});

const toPng = { operation: 'convert', format: 'png' };

async function fate(
  content: Buffer,
  operations: OperationCall[] = [{ operation: 'flip' }, toPng],
): Promise<ProcessingResult> {
  return bench.processing.process({ input: await bench.file(content), output: bench.at('fate'), operations });
}

const fixture = (name: string): Buffer => readFileSync(new URL(`../../../test/fixtures/${name}`, import.meta.url));
const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><circle r="40" fill="red"/></svg>';

/** A good file of each format, of some kilobytes where that can be. */
const whole: Record<FormatName, () => Promise<Buffer>> = {
  jpeg: () => noise(120, 90).jpeg().toBuffer(),
  png: () => noise(120, 90).png().toBuffer(),
  webp: () => noise(120, 90).webp().toBuffer(),
  avif: () => noise(120, 90).avif().toBuffer(),
  tiff: () => noise(120, 90).tiff({ compression: 'lzw' }).toBuffer(),
  gif: () => noise(120, 90).gif().toBuffer(),
  bmp: () => Promise.resolve(bitmap({ width: 120, height: 90, bits: 24, data: Buffer.alloc(120 * 90 * 3, 99) })),
  heic: () => Promise.resolve(fixture('tiles.heic')),
  svg: () => Promise.resolve(Buffer.from(drawing)),
  pdf: () => Promise.resolve(pdfOf(Array.from({ length: 9 }, () => quartersOn(90, 90)))),
};

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
    memory.look();
    expect(memory.peak).toBeLessThan(2 ** 30);
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

describe('metadata that is garbage', () => {
  const garbage = (length: number): Buffer => {
    const roll = dice(length);
    return Buffer.from(Array.from({ length }, () => roll(256)));
  };
  /** Segments behind the first two bytes of a JPEG (ITU T.81 B.1.1.4). */
  const withSegment = (jpeg: Buffer, marker: number, content: Buffer): Buffer => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(content.length + 2, 2);
    return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
  };
  const exif = (content: Buffer) => Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), content]);
  const icc = (content: Buffer) => Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), content]);

  test.each<[string, number, Buffer]>([
    ['EXIF', 0xe1, exif(garbage(5_000))],
    ['EXIF whose directory is its own next', 0xe1, exif(Buffer.from('49492a0008000000000008000000', 'hex'))],
    ['EXIF that counts 65,535 entries', 0xe1, exif(Buffer.from('49492a0008000000ffff', 'hex'))],
    ['an ICC profile', 0xe2, icc(garbage(3_000))],
    ['an ICC profile of no length', 0xe2, icc(Buffer.alloc(0))],
  ])('%s does no harm', async (_, marker, content) => {
    const result = await fate(withSegment(await whole.jpeg(), marker, content), [{ operation: 'autorotate' }, toPng]);
    expect(result).toMatchObject({ ok: true, header: { width: 120, height: 90 } });
  });
});

describe('a polyglot', () => {
  const page = '<!doctype html><script>alert(1)</script>';

  test.each<[string, () => Promise<Buffer>]>([
    ['png and a page, behind it', async () => Buffer.concat([await whole.png(), Buffer.from(page)])],
    [
      'png and a page, in its text',
      async () => png(9, 9, await blackRows(9, 9), [chunk('tEXt', Buffer.from(`x\0${page}`))]),
    ],
    [
      'jpeg and a page, in a comment',
      async () =>
        Buffer.concat([Buffer.from('ffd8fffe002a', 'hex'), Buffer.from(page), (await whole.jpeg()).subarray(2)]),
    ],
    [
      'pdf and an archive',
      async () => Buffer.concat([await whole.pdf(), Buffer.from(`PK\x05\x06${'\0'.repeat(18)}${page}`)]),
    ],
  ])('%s: only the image comes out', async (_, make) => {
    expect(await fate(await make())).toMatchObject({ ok: true });
    expect((await readFile(bench.at('fate'))).includes('script')).toBe(false);
  });

  test('gif and a script, which is no image', async () => {
    expect(await fate(Buffer.from('GIF89a/*\0\0\0\0\0*/=1;alert(1)//'))).toMatchObject({
      ok: false,
      reason: 'invalid-image',
    });
  });
});

describe('what is no file of its kind at all', () => {
  test('nothing', async () => {
    expect(await fate(Buffer.alloc(0))).toEqual({
      ok: false,
      reason: 'invalid-image',
      detail: 'Invalid image format.',
    });
  });

  test.each(formatNames)('random bytes behind the signature of %s', async (format) => {
    const roll = dice(7);
    const signature = (await whole[format]()).subarray(0, format === 'svg' ? 5 : 16);
    const random = Buffer.from(Array.from({ length: 4_000 }, () => roll(256)));
    expect(await fate(Buffer.concat([signature, random]))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/invalid-image|too-large/),
    });
  });

  test.each(formatNames)('%s with a few bytes changed, 25 times', async (format) => {
    const bytes = await whole[format]();
    for (let seed = 1; seed <= 25; seed++) {
      const result = await fate(damaged(bytes, seed * 7_919));
      const told = result.ok ? 'ok' : result.reason;
      expect([seed, told]).toEqual([seed, expect.stringMatching(/^(ok|invalid-image|too-large|operation-failed)$/)]);
    }
  });
});

test('through all of this no child had a gigabyte', () => {
  memory.look();
  if (process.platform === 'linux') expect(memory.peak).toBeGreaterThan(0);
  expect(memory.peak).toBeLessThan(2 ** 30);
});
