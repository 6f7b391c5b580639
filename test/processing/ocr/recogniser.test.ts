import { afterEach, expect, test } from '@jest/globals';
import { Recogniser } from '../../../src/processing/ocr/recogniser.js';
import { type Block, wordsOf } from '../../../src/processing/ocr/recognition.js';
import sharp from 'sharp';

const recogniser = new Recogniser();
afterEach(() => recogniser.close());

/** The scan as PNM. */
async function scan(): Promise<Uint8Array<ArrayBuffer>> {
  const { data, info } = await sharp('test/fixtures/scan.tif')
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return new Uint8Array([...Buffer.from(`P5\n${info.width} ${info.height}\n255\n`), ...data]);
}

const words = (blocks: Block[]): number => wordsOf({ blocks }).length;

test('what it cannot read it says, and after opening it again it reads on', async () => {
  await recogniser.open(['eng']);
  await expect(recogniser.look(new Uint8Array(100), 'auto')).rejects.toThrow('could not read the page');
  await expect(recogniser.look(await scan(), 'auto')).rejects.toThrow('before it was opened');
  await recogniser.open(['eng']);
  expect(await recogniser.look(await scan(), 'auto')).toBeGreaterThan(10);
  expect(words(await recogniser.read(() => undefined))).toBe(60);
});

test('it is the same thread for the same languages, and another for others', async () => {
  const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
  await recogniser.open(['eng']);
  await recogniser.look(await scan(), 'auto');
  const before = threads();
  await recogniser.open(['eng']);
  // What was looked at is still there: it is the same engine.
  expect(words(await recogniser.read(() => undefined))).toBe(60);
  await recogniser.look(await scan(), 'auto');
  await recogniser.open(['deu']);
  expect(threads()).toBe(before);
  expect(await recogniser.orient(await scan())).toBe(0);
});

test('a language whose data is not there is refused', async () => {
  await expect(recogniser.open(['tlh'])).rejects.toThrow(/tlh/);
});
