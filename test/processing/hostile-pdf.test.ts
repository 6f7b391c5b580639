import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deflateSync } from 'node:zlib';
import { pdfOf } from './documents.js';
import { deflatedZeros } from './hostile-files.js';
import { HostileScene } from './hostile-scene.js';

/** Documents that want to run something, to fetch something, or to burn what is there. */
let scene: HostileScene;
const fate: HostileScene['fate'] = (...given) => scene.fate(...given);

beforeAll(async () => {
  scene = await HostileScene.open({ formatsExtra: ['pdf'], timeoutMs: 20_000 });
});
afterAll(() => scene.close());

const harmless = { width: 144, height: 72, content: '1 0 0 rg 0 0 144 72 re f' };

test.each([
  ['JavaScript', '/OpenAction << /S /JavaScript /JS (app.launchURL\\("http://127.0.0.1:9/"\\)) >>'],
  ['a program to launch', '/OpenAction << /S /Launch /F (/bin/sh) >>'],
  ['another file to go to', '/OpenAction << /S /GoToR /F (/etc/passwd) /D [0 /Fit] >>'],
])('with %s is painted, and does nothing', async (_, catalog) => {
  expect(await fate(pdfOf([harmless], { catalog }))).toMatchObject({ ok: true, header: { width: 400, height: 200 } });
});

test('with pixels in a file outside has none', async () => {
  const outside =
    '/Resources << /XObject << /Outside << /Type /XObject /Subtype /Image /Width 9 /Height 9 /F (/etc/passwd) >> >> >>';
  expect(await fate(pdfOf([{ content: '/Outside Do', more: outside }]))).toMatchObject({ ok: true });
});

test('that is encrypted says so', async () => {
  const secret = `<${'ab'.repeat(32)}>`;
  const trailer = `/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O ${secret} /U ${secret} /P -4 >>`;
  expect(await fate(pdfOf([harmless], { trailer }))).toEqual({
    ok: false,
    reason: 'invalid-image',
    detail: 'The PDF is encrypted: it wants a password.',
  });
});

test('whose pages are their own children, or a billion by their count', async () => {
  const text = pdfOf([harmless]).toString('latin1');
  for (const tree of ['/Count 1 /Kids [2 0 R]', '/Count 1000000000 /Kids [3 0 R]']) {
    const result = await fate(Buffer.from(text.replace('/Count 1 /Kids [3 0 R]', tree), 'latin1'));
    expect(result.ok || ['invalid-image', 'too-large'].includes(result.reason)).toBe(true);
  }
});

test('that paints itself', async () => {
  const content = '/Self Do';
  const more = '/Resources << /XObject << /Self 5 0 R >> >>';
  const form = `<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] ${more} /Length ${content.length} >>`;
  const file = pdfOf([
    { content, more },
    { content, more: '' },
  ]).toString('latin1');
  const looped = file.replace(/5 0 obj\n.*\n/, `5 0 obj\n${form}\nstream\n${content}\nendstream\n`);
  expect(await fate(Buffer.from(looped, 'latin1'))).toMatchObject({ ok: true });
});

test('whose page would take minutes to read is measured at once', async () => {
  const content = deflateSync(Buffer.alloc(100_000_000, 'q ')).toString('latin1');
  const stream = `<< /Filter /FlateDecode /Length ${content.length} >>\nstream\n${content}\nendstream`;
  const file = pdfOf([{}]).toString('latin1');
  const slow = file.replace(/4 0 obj\n[^]*?endstream/, () => `4 0 obj\n${stream}`);
  expect(await scene.bench.processing.inspect(await scene.bench.file(Buffer.from(slow, 'latin1')))).toMatchObject({
    ok: true,
    header: { width: 400, height: 200 },
  });
});

test('with an image that unfolds to gigabytes', async () => {
  const pixels = deflateSync(await deflatedZeros(600_000_000)).toString('latin1');
  const filters = '/Filter [/FlateDecode /FlateDecode]';
  const image = `<< /Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB /BitsPerComponent 8 ${filters} /Length ${pixels.length} >>`;
  const more = '/Resources << /XObject << /Bomb 5 0 R >> >>';
  const file = pdfOf([{ content: '90 0 0 90 0 0 cm /Bomb Do', more }, {}]).toString('latin1');
  const bomb = file.replace(/5 0 obj\n.*\n/, () => `5 0 obj\n${image}\nstream\n${pixels}\nendstream\n`);
  const result = await fate(Buffer.from(bomb, 'latin1'));
  expect(result.ok || ['invalid-image', 'timeout'].includes(result.reason)).toBe(true);
});

test('through all of this no child had a gigabyte', () => {
  scene.memory.look();
  expect(scene.memory.peak).toBeLessThan(2 ** 30);
});
