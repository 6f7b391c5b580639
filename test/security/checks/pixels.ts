import { deflateSync } from 'node:zlib';
import { blackRows, chunk, gif, jpegHeader, png, tiff, webpHeader } from '../../processing/hostile-files.js';
import { bitmap } from '../../processing/bitmaps.js';
import { check, told } from '../check.js';

const source = 'API4 Unrestricted Resource Consumption';

/** Files of a few bytes that cost gigabytes once they are pixels. */
const bombs: readonly [id: string, title: string, make: () => Buffer | Promise<Buffer>, expected: string][] = [
  [
    'png',
    '65,535 × 65,535 pixels in 67 bytes',
    () => png(65_535, 65_535, deflateSync(Buffer.alloc(1))),
    '422 image-too-large',
  ],
  ['gif', '65,535 × 65,535 pixels in 43 bytes', () => gif(1, 65_535, 65_535), '422 image-too-large'],
  ['frames', 'a GIF of 10,000 frames', () => gif(10_000), '422 image-too-large'],
  ['pages', 'a TIFF of 10,000 pages', () => tiff(10_000), '422 image-too-large'],
  [
    'bmp',
    'a BMP of 65,535 × 65,535',
    () => bitmap({ width: 65_535, height: 65_535, bits: 1, data: Buffer.alloc(4) }),
    '422 image-too-large',
  ],
  ['webp', 'a WebP of 10,000 frames', () => webpHeader(1, 1, 10_000), '422 image-too-large'],
  ['jpeg', 'a JPEG that ends behind its header', () => jpegHeader(100, 100), '422 unreadable-image'],
  [
    'profile',
    'a colour profile that unfolds to 50 MB, and is not read',
    async () =>
      png(9, 9, await blackRows(9, 9), [
        chunk('iCCP', Buffer.concat([Buffer.from('a\0\0', 'latin1'), deflateSync(Buffer.alloc(50_000_000))])),
      ]),
    '201',
  ],
  ['empty', 'an image of no width', async () => png(0, 9, await blackRows(1, 9)), '422 unreadable-image'],
];

const operations: readonly [id: string, shown: string, operations: object[] | object | string, expected: string][] = [
  [
    'width-huge',
    '{"operation":"resize","width":1000000000}',
    [{ operation: 'resize', width: 1e9 }],
    '422 invalid-member',
  ],
  ['width-zero', '{"operation":"resize","width":0}', [{ operation: 'resize', width: 0 }], '422 invalid-member'],
  ['width-negative', '{"operation":"resize","width":-1}', [{ operation: 'resize', width: -1 }], '422 invalid-member'],
  ['width-fraction', '{"operation":"resize","width":1.5}', [{ operation: 'resize', width: 1.5 }], '422 invalid-member'],
  ['width-text', '{"operation":"resize","width":"NaN"}', [{ operation: 'resize', width: 'NaN' }], '422 invalid-member'],
  ['blur', '{"operation":"blur","sigma":1000000}', [{ operation: 'blur', sigma: 1e6 }], '422 invalid-member'],
  [
    'quality',
    '{"operation":"convert","format":"webp","quality":101}',
    [{ operation: 'convert', format: 'webp', quality: 101 }],
    '422 invalid-member',
  ],
  [
    'format',
    '{"operation":"convert","format":"../x"}',
    [{ operation: 'convert', format: '../x' }],
    '422 invalid-member',
  ],
  ['many', '1,000 operations', Array.from({ length: 1_000 }, () => ({ operation: 'flip' })), '422 invalid-member'],
  ['none', 'no operation', [], '422 invalid-member'],
  ['unknown', '{"operation":"exec"}', [{ operation: 'exec' }], '422 invalid-member'],
  ['proto', '{"operation":"__proto__"}', [{ operation: '__proto__' }], '422 invalid-member'],
  ['option', '{"operation":"flip","density":100000}', [{ operation: 'flip', density: 100_000 }], '400 unknown-member'],
  [
    'language',
    '{"operation":"ocr","languages":["../../etc/passwd"]}',
    [{ operation: 'ocr', languages: ['../../etc/passwd'] }],
    '422 invalid-member',
  ],
  [
    'languages',
    '1,000 languages',
    [{ operation: 'ocr', languages: Array.from({ length: 1_000 }, () => 'eng') }],
    '422 invalid-member',
  ],
  [
    'watermark',
    'a watermark of a megabyte less a little',
    [{ operation: 'watermark', text: 'x'.repeat(900_000) }],
    '422 invalid-member',
  ],
  [
    'markup',
    'a watermark of Pango’s markup',
    [{ operation: 'watermark', text: '<span font="Sans 1000000">x</span>' }],
    '202',
  ],
  [
    'watermark-file',
    'a watermark that is a file',
    [{ operation: 'watermark', image: 'file:///etc/passwd' }],
    '422 invalid-member',
  ],
  ['object', 'operations that are no list', { operation: 'flip' }, '422 invalid-member'],
  ['text', 'operations that are text', 'flip', '422 invalid-member'],
];

export const pixelChecks = [
  ...bombs.map(([id, title, make, expected]) =>
    check({ id: `bomb-${id}`, source, title, request: 'POST /images', expected }, async (scene) =>
      told(await scene.call('POST', '/images', { headers: { 'Content-Type': 'image/png' }, body: await make() })),
    ),
  ),
  ...operations.map(([id, shown, given, expected]) =>
    check(
      {
        id: `operation-${id}`,
        source,
        title: 'parameters that ask for too much, or for nothing',
        request: `POST /images/tasks {…,"operations":[${shown}]}`,
        expected,
      },
      async (scene) => told(await scene.task({ operations: given })),
    ),
  ),
  check(
    {
      id: 'loop',
      source,
      title: 'a TIFF whose last page leads to the first, for a task',
      request: 'POST /images/tasks',
      expected: 'failed: ',
    },
    async (scene) => {
      const id = await scene.service.store(tiff(3, { loop: true }), 'image/tiff');
      const task = await scene.task({ image: id });
      const ended = await scene.service.ended(`${task.headers.location}/status`);
      return `${ended.json.state}: ${ended.json.detail}`;
    },
  ),
  check(
    {
      id: 'output',
      source,
      title: 'small steps to a giant',
      request: 'POST /images/tasks resize to 500, 2,000, 16,000 pixels a side',
      expected: 'failed: resize would make an image of 256 megapixels',
    },
    async (scene) => {
      const side = (pixels: number) => ({ operation: 'resize', width: pixels, height: pixels, fit: 'fill' });
      const operations = [side(500), side(2_000), side(16_000)];
      const task = await scene.task({ operations });
      if (task.status !== 202) return told(task);
      const ended = await scene.service.ended(`${task.headers.location}/status`);
      return `${ended.json.state}: ${ended.json.detail}`;
    },
  ),
  check(
    {
      id: 'batch',
      source,
      title: 'a batch of 1,001 tasks',
      request: 'POST /images/tasks/batch',
      expected: '422 invalid-member',
    },
    async (scene) =>
      told(
        await scene.post('/images/tasks/batch', {
          tasks: Array.from({ length: 1_001 }, () => ({ image: scene.imageId, operations: [{ operation: 'flip' }] })),
        }),
      ),
  ),
  check(
    {
      id: 'preview',
      source,
      title: 'a preview of OCR, which takes seconds',
      request: 'POST /images/preview [{"operation":"ocr"}]',
      expected: '422 too-much-for-a-preview',
    },
    async (scene) =>
      told(
        await scene.call('POST', '/images/preview?operations=[{"operation":"ocr"}]', {
          headers: { 'Content-Type': 'image/png' },
          body: png(9, 9, await blackRows(9, 9)),
        }),
      ),
  ),
];
