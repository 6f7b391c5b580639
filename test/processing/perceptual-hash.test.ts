import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { hashOf } from '../../src/processing/perceptual-hash.js';
import { Processing } from '../../src/processing/processing.js';

let folder: string;
let processing: Processing;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-hash-'));
  processing = new Processing({ size: 1, limits: { hashTimeoutMs: 20_000 } });
});
afterAll(async () => {
  await processing.close();
  await rm(folder, { recursive: true, force: true });
});

const hash = async (bytes: Buffer): Promise<string | null> => {
  const path = join(folder, String(++files));
  await writeFile(path, bytes);
  return processing.hash(path);
};
const hashOfPicture = async (picture: Sharp): Promise<string> => (await hash(await picture.png().toBuffer())) ?? '';
const distance = (a: string, b: string): number =>
  (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '').length;

/** Soft blobs, other ones for each seed. */
const scene = (seed: number): Sharp => {
  const cells = Buffer.from(Array.from({ length: 6 * 5 * 3 }, (_, at) => (at * at * 31 + seed * 97 * (at + 3)) % 256));
  const small = sharp(cells, { raw: { width: 6, height: 5, channels: 3 } });
  return small.resize(300, 250, { fit: 'fill', kernel: 'cubic' });
};
/** As pixels of their own: sharp has an order of its own for what is asked for in one pipeline. */
const fixed = async (picture: Sharp): Promise<Sharp> => sharp(await picture.png().toBuffer());

describe('the hash of an image', () => {
  test('is 64 bits, half of them set', async () => {
    const found = await hashOfPicture(scene(1));
    expect(found).toMatch(/^[0-9a-f]{16}$/);
    expect(distance(found, '0'.repeat(16))).toBe(32);
  });

  test('stays nearly the same when the image is scaled, coded coarsely, made grey, lighter or softer', async () => {
    const picture = await fixed(scene(1));
    const original = await hashOfPicture(picture.clone());
    const altered = [
      picture.clone().resize(90),
      await fixed(picture.clone().jpeg({ quality: 20 })),
      picture.clone().grayscale(),
      picture.clone().modulate({ brightness: 1.15 }),
      picture.clone().blur(2),
    ];
    for (const each of altered) expect(distance(await hashOfPicture(each), original)).toBeLessThanOrEqual(6);
  });

  test('tells different images apart', async () => {
    const hashes = await Promise.all([1, 2, 3, 4].map(async (seed) => hashOfPicture(await fixed(scene(seed)))));
    const pairs = hashes.flatMap((a, at) => hashes.slice(at + 1).map((b) => distance(a, b)));
    expect(Math.min(...pairs)).toBeGreaterThan(12);
  });

  test('is of the image as it is seen: an orientation of EXIF is applied', async () => {
    const picture = await fixed(scene(2));
    const turned = await picture.clone().rotate(90).withExif({}).jpeg({ quality: 95 }).toBuffer();
    const tagged = await sharp(turned).withMetadata({ orientation: 8 }).jpeg({ quality: 95 }).toBuffer();
    const upright = await hash(await picture.clone().jpeg({ quality: 95 }).toBuffer());
    expect(distance((await hash(tagged)) ?? '', upright ?? '')).toBeLessThanOrEqual(4);
    expect(distance((await hash(turned)) ?? '', upright ?? '')).toBeGreaterThan(12);
  });

  test('is missing where there is one colour and nothing to be seen', async () => {
    for (const background of ['white', 'black', '#888']) {
      const blank = sharp({ create: { width: 50, height: 40, channels: 3, background } });
      expect(await hash(await blank.png().toBuffer())).toBeNull();
    }
    expect(hashOf(new Float64Array(1024).fill(127))).toBeNull();
  });

  test('is not missing, but an error, where the file cannot be read', async () => {
    await expect(processing.hash(join(folder, 'nothing'))).rejects.toThrow('Image processing broke: Error: ENOENT');
    await expect(processing.describe(join(folder, 'nothing'))).rejects.toThrow('Image processing broke: Error: ENOENT');
  });

  test('is missing where the pixels break, and is of the first frame of several', async () => {
    const whole = await scene(3).png().toBuffer();
    expect(await hash(whole.fill(0, 400, whole.length - 12))).toBeNull();
    const frames = await Promise.all([1, 2].map(async (seed) => (await fixed(scene(seed))).png().toBuffer()));
    const animation = await sharp(frames, { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    expect(await hash(animation)).toBe(await hash(frames[0] ?? Buffer.alloc(0)));
  });
});
