import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { endsTooEarly } from '../../src/processing/cut-short.js';

let folder: string;
let gif: Buffer;
let avif: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-cut-'));
  const frame = (red: number): Promise<Buffer> =>
    sharp({ create: { width: 64, height: 64, channels: 3, background: { r: red, g: 9, b: 99 } } })
      .png()
      .toBuffer();
  const frames = await Promise.all([0, 90, 180, 250].map(frame));
  gif = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  avif = await sharp({
    create: {
      width: 200,
      height: 100,
      channels: 3,
      background: 'teal',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .avif()
    .toBuffer();
});
afterAll(() => rm(folder, { recursive: true }));

const isCut = async (bytes: Buffer, format: 'gif' | 'avif'): Promise<boolean> => {
  const path = join(folder, `x.${format}`);
  await writeFile(path, bytes);
  return endsTooEarly(path, format);
};

test('whole files are not taken for cut ones, nor are those with something behind', async () => {
  expect(await isCut(gif, 'gif')).toBe(false);
  expect(await isCut(avif, 'avif')).toBe(false);
  expect(await isCut(Buffer.concat([gif, Buffer.from('behind')]), 'gif')).toBe(false);
  // The trailer is missing: no pixel is.
  expect(await isCut(gif.subarray(0, -1), 'gif')).toBe(false);
});

test.each([0.3, 0.5, 0.9, 0.99])('files cut at %d of their length are', async (share) => {
  expect(await isCut(avif.subarray(0, Math.floor(avif.length * share)), 'avif')).toBe(true);
  const cut = gif.subarray(0, Math.floor(gif.length * share));
  expect(await isCut(cut, 'gif')).toBe(true);
});
