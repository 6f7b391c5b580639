import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { type Page, wordsOf } from '../../../src/processing/ocr/recognition.js';
import { type OperationCall } from '../../../src/processing/operation.js';
import { Workbench } from '../workbench.js';

let bench: Workbench;
let scan: Buffer;
let truth: string[];

beforeAll(async () => {
  bench = await Workbench.open();
  scan = await readFile('test/fixtures/scan.tif');
  truth = (await readFile('test/fixtures/scan.txt', 'utf8')).split(/\s+/).filter((word) => word !== '');
});
afterAll(() => bench.close());

async function read(image: Buffer, call: object = {}, before: OperationCall[] = []): Promise<readonly Page[]> {
  const operations = [...before, { operation: 'ocr', ...call }];
  const result = await bench.processing.process({
    input: await bench.file(image),
    output: bench.at('pdf'),
    operations,
  });
  if (!result.ok || !result.recognition) throw new Error(JSON.stringify(result));
  return result.recognition.pages;
}

const textOf = (page: Page | undefined): string[] => (page ? wordsOf(page).map(({ text }) => text) : []);

describe('a page', () => {
  test.each([90, 180, 270])('that was turned by %i degrees is turned back', async (angle) => {
    const [page] = await read(await sharp(scan).rotate(angle).png().toBuffer());
    expect(page).toMatchObject({ turned: 360 - angle, width: 640, height: 480 });
    expect(textOf(page)).toEqual(truth);
  });

  test('is read as it lies where that is asked for', async () => {
    const [page] = await read(await sharp(scan).rotate(180).png().toBuffer(), { orientation: 'keep' });
    expect(page?.turned).toBe(0);
    expect(textOf(page)).not.toContain('quick');
  });

  test('of a photograph is read as its EXIF orientation shows it', async () => {
    const photograph = await sharp(scan).rotate(-90).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    const [page] = await read(photograph, { orientation: 'keep' });
    expect([page?.width, page?.height, textOf(page)]).toEqual([640, 480, truth]);
  });

  test('with few letters is turned as well', async () => {
    const line = await sharp(scan).extract({ left: 0, top: 85, width: 640, height: 36 }).png().toBuffer();
    const text = 'This is a lot of 12 point text to test the';
    expect(textOf((await read(line))[0]).join(' ')).toBe(text);
    const [page] = await read(await sharp(line).rotate(180).png().toBuffer());
    expect([page?.turned, textOf(page).join(' ')]).toEqual([180, text]);
  });

  test('is black on white, whatever was transparent', async () => {
    const ink = await sharp(scan).negate().toColourspace('b-w').raw().toBuffer();
    const { width, height } = { width: 640, height: 480 };
    const transparent = sharp({ create: { width, height, channels: 3, background: 'black' } }).joinChannel(ink, {
      raw: { width, height, channels: 1 },
    });
    expect(textOf((await read(await transparent.png().toBuffer()))[0])).toEqual(truth);
    const grey = Buffer.from(
      Uint8Array.from({ length: 2 * ink.length }, (_, at) => (at % 2 ? (ink[at >> 1] ?? 0) : 0)),
    );
    const inGrey = sharp(grey, { raw: { width, height, channels: 2 } })
      .toColourspace('b-w')
      .png();
    expect(textOf((await read(await inGrey.toBuffer()))[0])).toEqual(truth);
  });

  test('with small letters is enlarged, and its places are those of the page', async () => {
    const small = await sharp(scan).toColourspace('b-w').resize({ width: 400 }).png().toBuffer();
    const [[page], [large]] = [await read(small), await read(scan)];
    expect(textOf(page)).toEqual(truth);
    const [word, same] = [wordsOf(page!).at(-1)?.box.x ?? NaN, wordsOf(large!).at(-1)?.box.x ?? NaN];
    expect(Math.abs(word - (same * 400) / 640)).toBeLessThan(4);
  });

  test.each([
    ['blank', 600, 'white'],
    ['black', 600, 'black'],
    ['of one pixel', 1, 'white'],
  ])('that is %s has no words', async (_name, side, background) => {
    const image = sharp({ create: { width: side, height: side, channels: 3, background } });
    expect(await read(await image.png().toBuffer())).toEqual([
      { width: side, height: side, turned: 0, confidence: 0, blocks: [] },
    ]);
  });
});

test('pages of a document are read one by one, each as it lies', async () => {
  const upside = await sharp(scan).rotate(180).toBuffer();
  const document = await sharp([scan, upside], { join: { animated: true } })
    .tiff()
    .toBuffer();
  const pages = await read(document);
  expect(pages.map(({ turned }) => turned)).toEqual([0, 180]);
  expect(pages.map(textOf)).toEqual([truth, truth]);
});

test('of an animation the first frame is read', async () => {
  const blank = await sharp({ create: { width: 640, height: 480, channels: 3, background: 'white' } })
    .png()
    .toBuffer();
  const pages = await read(
    await sharp([scan, blank], { join: { animated: true } })
      .gif()
      .toBuffer(),
  );
  expect(pages.map(textOf)).toEqual([truth]);
});

test('operations before it are done first', async () => {
  const [page] = await read(scan, {}, [{ operation: 'crop', left: 0, top: 80, width: 640, height: 75 }]);
  expect(page?.height).toBe(75);
  expect(textOf(page)).toEqual(truth.slice(0, textOf(page).length));
  expect(textOf(page).length).toBeGreaterThan(15);
});

test('several languages are read at once', async () => {
  const [page] = await read(scan, { languages: 'deu+eng' });
  // German has its own idea of capitals.
  expect(textOf(page).map((word) => word.toLowerCase())).toEqual(truth.map((word) => word.toLowerCase()));
});

test('progress rises to the end, by the figures of the engine', async () => {
  const told: { operation: string; percent: number }[] = [];
  await bench.processing.process({
    input: await bench.file(await sharp(scan).rotate(90).png().toBuffer()),
    output: bench.at('told'),
    operations: [{ operation: 'flip' }, { operation: 'flip' }, { operation: 'ocr' }],
    onProgress: (progress) => told.push(progress),
  });
  const percents = told.filter(({ operation }) => operation === 'ocr').map(({ percent }) => percent);
  expect(percents.length).toBeGreaterThan(4);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect([percents[0], percents.at(-1)]).toEqual([67, 100]);
});

describe('limits', () => {
  test('name what is too much', async () => {
    const vast = await bench.file(
      sharp({ create: { width: 7000, height: 6000, channels: 3, background: 'white' } }).png(),
    );
    const result = await bench.processing.process({
      input: vast,
      output: bench.at('x'),
      operations: [{ operation: 'ocr' }],
    });
    expect(result).toEqual({
      ok: false,
      reason: 'too-large',
      detail: 'The page has 42 megapixels; ocr reads at most 40 megapixels at once. Put a resize before it.',
    });
  });

  test('of one long side is refused, and a lower one of small letters is not enlarged beyond it', async () => {
    const strip = (width: number) =>
      sharp(scan)
        .extract({ left: 30, top: 85, width: 500, height: 36 })
        .resize({ height: 18 })
        .extend({ right: width - 250, background: 'white' })
        .png()
        .toBuffer();
    const result = await bench.processing.process({
      input: await bench.file(await strip(33_000)),
      output: bench.at('pdf'),
      operations: [{ operation: 'ocr' }],
    });
    expect(result).toEqual({
      ok: false,
      reason: 'too-large',
      detail: 'The page has 33000x18 pixels; a side of what ocr reads has at most 32767. Put a resize before it.',
    });
    expect(await read(await strip(30_000), { orientation: 'keep' })).toMatchObject([{ width: 30_000 }]);
  });

  test('of time end it in the middle, and the next page is read by another process', async () => {
    const pages = await sharp(
      Array.from({ length: 40 }, () => scan),
      { join: { animated: true } },
    )
      .tiff()
      .toBuffer();
    const [pid] = bench.processing.pids;
    const begun = Promise.withResolvers<void>();
    const controller = new AbortController();
    const running = bench.processing.process({
      input: await bench.file(pages),
      output: bench.at('late'),
      operations: [{ operation: 'ocr' }],
      onProgress: ({ percent }) => percent > 0 && begun.resolve(),
      signal: controller.signal,
    });
    await begun.promise;
    controller.abort();
    expect([await running, existsSync(bench.at('late'))]).toEqual([
      expect.objectContaining({ reason: 'aborted' }),
      false,
    ]);
    expect(textOf((await read(scan))[0])).toEqual(truth);
    expect(bench.processing.pids).not.toContain(pid);
  });
});
