import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { authorshipOf } from '../../src/processing/exif.js';
import { type OperationCall } from '../../src/processing/operation.js';
import { bitmap } from './bitmaps.js';
import { pdfOf, quartersOn } from './documents.js';
import { assertSimilar } from './likeness.js';
import { quarters, Workbench } from './workbench.js';

let bench: Workbench;
let path: string;
let upright: Buffer;

const xmp =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
  '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/jpeg"/></rdf:RDF></x:xmpmeta>';
const exif = {
  IFD0: { Artist: 'Ann Lee', Copyright: '2026 Ann Lee', Make: 'Camera Works' },
  IFD3: { GPSLatitude: '51/1 30/1 0/1' },
};

beforeAll(async () => {
  bench = await Workbench.open({ size: 2, limits: { formatsExtra: ['pdf', 'svg'] } });
  upright = await quarters().toBuffer();
  const lying = sharp(await sharp(upright).rotate(270).png().toBuffer());
  path = await bench.file(
    lying.withMetadata({ orientation: 6 }).withExifMerge(exif).withXmp(xmp).withIccProfile('p3').jpeg({ quality: 95 }),
  );
});
afterAll(() => bench.close());

const turn = { operation: 'autorotate' };
const twice = (operation: string): OperationCall[] => [{ operation }, { operation }];
/** What one stage of sharp can do, and what it takes several for. */
const ways: Record<string, OperationCall[]> = {
  'one stage': [turn],
  'several stages': [turn, ...twice('flip')],
};

async function kept(keep: string | undefined, operations: OperationCall[], format = 'jpeg') {
  const metadata = keep === undefined ? [] : [{ operation: 'metadata', keep }];
  const { output } = await bench.make(path, [...metadata, ...operations, { operation: 'convert', format }]);
  const found = await sharp(output).metadata();
  return { output, found, exif: found.exif?.toString('latin1') ?? '' };
}

describe.each(Object.entries(ways))('with %s', (_, operations) => {
  test.each([undefined, 'strip'])('nothing is kept: %s', async (keep) => {
    const { found } = await kept(keep, operations);
    expect([found.exif, found.xmp, found.icc, found.orientation]).toEqual([undefined, undefined, undefined, undefined]);
  });

  test.each(['jpeg', 'png', 'webp', 'avif'])('the author is kept in %s, and nothing else', async (format) => {
    const { found, exif, output } = await kept('copyright', operations, format);
    expect(authorshipOf(found.exif ?? Buffer.alloc(0))).toEqual({ Artist: 'Ann Lee', Copyright: '2026 Ann Lee' });
    expect(exif).not.toContain('Camera Works');
    expect([found.xmp, found.icc]).toEqual([undefined, undefined]);
    await assertSimilar(output, upright, { most: 6 });
  });

  test.each(['jpeg', 'png', 'webp', 'avif'])('everything is kept in %s, and the picture with it', async (format) => {
    const { found, exif, output } = await kept('all', operations, format);
    expect(exif).toContain('Camera Works');
    expect(exif).toContain('Ann Lee');
    expect(found.xmp?.toString()).toContain('image/jpeg');
    expect(found.icc?.toString('latin1').replaceAll('\0', '')).toContain('sRGB'); // in UTF-16
    expect(found.orientation ?? 1).toBe(1);
    await assertSimilar(output, upright, { most: 6 });
  });

  test('an orientation that nobody applied is kept beside the author', async () => {
    const lying = operations.filter(({ operation }) => operation !== 'autorotate');
    for (const keep of ['copyright', 'all']) {
      const { found, exif } = await kept(keep, lying);
      expect(found.orientation).toBe(6);
      expect(exif).toContain('Ann Lee');
    }
  });
});

test('of several the last counts', async () => {
  expect((await kept('all', [turn, { operation: 'metadata', keep: 'strip' }])).found.exif).toBeUndefined();
});

test('grey pictures stay grey, transparent ones transparent, 16 bits 16 bits', async () => {
  const all = { operation: 'metadata', keep: 'all' };
  for (const operations of Object.values(ways)) {
    const grey = await bench.make(path, [...operations, { operation: 'grayscale' }, all]);
    expect(await sharp(grey.output).metadata()).toMatchObject({ space: 'b-w', channels: 1 });
    const clear = sharp({ create: { width: 20, height: 10, channels: 4, background: '#ff000080' } });
    const output = (await bench.make(await bench.file(clear.withExif(exif).png()), [...operations, all])).output;
    expect([...(await sharp(output).raw().toBuffer()).subarray(0, 4)]).toEqual([255, 0, 0, 128]);
    const deep = await bench.file(sharp(upright).toColourspace('rgb16').png());
    const made = await bench.make(deep, [...operations, all]);
    expect(await sharp(made.output).metadata()).toMatchObject({ depth: 'ushort' });
    await assertSimilar(made.output, upright);
  }
});

test.each([1, 2, 3, 4] as const)('16 bits in %i channels keep all of it too, and every bit', async (channels) => {
  const samples = Uint16Array.from({ length: 6 * 4 * channels }, (_, at) => 20_001 + 101 * at);
  if (channels % 2 === 0) for (let at = channels - 1; at < samples.length; at += channels) samples[at] = 65_535;
  const space = channels <= 2 ? 'grey16' : 'rgb16';
  const raw = sharp(samples, { raw: { width: 6, height: 4, channels } }).toColourspace(space);
  const file = await bench.file(raw.withExif(exif).png());
  const { output } = await bench.make(file, [...twice('flip'), { operation: 'metadata', keep: 'all' }]);
  const found = await sharp(output).metadata();
  expect(found).toMatchObject({ depth: 'ushort', channels });
  expect(found.exif?.toString('latin1')).toContain('Camera Works');
  const { data } = await sharp(output)
    .toColourspace(space)
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  expect([...new Uint16Array(data.buffer, data.byteOffset, data.length / 2)]).toEqual([...samples]);
});

describe('a HEIC of a telephone', () => {
  const photograph = () => bench.file(readFileSync('test/fixtures/author.heic'));

  test.each(['jpeg', 'png', 'webp', 'avif'])('keeps its author in %s', async (format) => {
    const operations = [
      { operation: 'metadata', keep: 'copyright' },
      { operation: 'convert', format },
    ];
    const { output } = await bench.make(await photograph(), operations);
    const block = (await sharp(output).metadata()).exif ?? Buffer.alloc(0);
    expect(authorshipOf(block)).toEqual({ Artist: 'Ann Lee', Copyright: '2026 Ann Lee' });
    expect(block.toString('latin1')).not.toContain('Camera Works');
  });

  test('keeps everything, but the orientation, which its container has applied', async () => {
    const all = { operation: 'metadata', keep: 'all' };
    const { output } = await bench.make(await photograph(), [all]);
    const found = await sharp(output).metadata();
    expect(found.exif?.toString('latin1')).toContain('Camera Works');
    expect([found.width, found.height, found.orientation ?? 1]).toEqual([64, 128, 1]);
    await assertSimilar(
      output,
      await sharp(await quarters(128, 64).toBuffer())
        .rotate(90)
        .png()
        .toBuffer(),
      { most: 6 },
    );
  });
});

describe('what tells nothing of itself is written all the same', () => {
  const files: Record<string, () => Promise<string>> = {
    bmp: () => bench.file(bitmap({ width: 2, height: 2, bits: 24, data: Buffer.alloc(16, 128) })),
    heic: () => bench.file(readFileSync('test/fixtures/quarters.heic')),
    pdf: () => bench.file(pdfOf([quartersOn(128, 64), quartersOn(128, 64)])),
    svg: () => bench.file('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'),
  };
  const cases = Object.keys(files).flatMap((name) => ['copyright', 'all'].map((keep) => ({ name, keep })));

  test.each(cases)('$name, $keep', async ({ name, keep }) => {
    for (const format of ['png', 'tiff']) {
      const operations = [
        { operation: 'metadata', keep },
        { operation: 'convert', format },
      ];
      const { output } = await bench.make((await files[name]?.()) ?? '', operations);
      const { exif: block = Buffer.alloc(0), xmp: packet } = await sharp(output).metadata();
      expect([authorshipOf(block), packet]).toEqual([{}, undefined]);
    }
  });
});

describe('an EXIF block', () => {
  const block = async () => (await sharp(await sharp(upright).withExif(exif).jpeg().toBuffer()).metadata()).exif;

  test('that is cut or lies about its offsets gives what can be read', async () => {
    const whole = (await block()) ?? Buffer.alloc(0);
    expect(authorshipOf(whole)).toEqual({ Artist: 'Ann Lee', Copyright: '2026 Ann Lee' });
    for (let length = 0; length < whole.length; length += 1) {
      expect(Object.values(authorshipOf(whole.subarray(0, length))).join()).toMatch(/^[\w ,]*$/);
      const lying = Buffer.from(whole);
      lying.fill(0xff, length, Math.min(length + 4, whole.length));
      expect(['Artist', 'Copyright']).toEqual(expect.arrayContaining(Object.keys(authorshipOf(lying))));
    }
  });
});
