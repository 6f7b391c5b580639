import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { extraFormats, formatNames } from '../../src/processing/formats.js';
import { blackRows, chunk, damaged, dice, png } from './hostile-files.js';
import { HostileScene, toPng, whole } from './hostile-scene.js';
import { quarters } from './workbench.js';

/** What is not, or not only, the image that it seems to be. Each is a failure that says why, or does none; then the pool goes on. */
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
    expect((await readFile(scene.output)).includes('script')).toBe(false);
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
  scene.memory.look();
  if (process.platform === 'linux') expect(scene.memory.peak).toBeGreaterThan(0);
  expect(scene.memory.peak).toBeLessThan(2 ** 30);
});
