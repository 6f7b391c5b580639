import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import { XMLValidator } from 'fast-xml-parser';
import pg from 'pg';
import sharp from 'sharp';
import { type Client, type Reply } from './support/client.js';
import { Service } from './support/service.js';

let service: Service;
let client: Client;
let scan: Buffer;
let truth: string;
/** URI of the text of the scan, and of its task. */
let text: string;
let task: string;

beforeAll(async () => {
  service = await Service.start({ worker: true });
  client = service.client;
  scan = await readFile('test/fixtures/scan.tif');
  truth = await readFile('test/fixtures/scan.txt', 'utf8');
  ({ task, text } = await read(scan, [{ operation: 'ocr' }]));
}, 60_000);
afterAll(() => service.stop());

async function read(image: Buffer, operations: object[]): Promise<{ task: string; text: string }> {
  const reply = await client.postForm('/images/tasks', {
    task: JSON.stringify({ operations }),
    image: { filename: 'scan.tif', mediaType: 'image/tiff', bytes: image },
  });
  const uri = reply.headers.location ?? '';
  const ended = await service.ended(uri);
  if (ended.status !== 303) throw new Error(ended.text);
  return { task: uri, text: ended.headers.location ?? '' };
}

const words = (read: string): string[] => read.split(/\s+/).filter((word) => word !== '');
const as = (accept: string): Promise<Reply> => client.get(text, { Accept: accept });
const contentType = (reply: Reply): string | undefined => reply.headers['content-type'];

describe('a task that ends with ocr', () => {
  test('leads to a text, under a URI of its own', async () => {
    expect(new URL(text).pathname).toMatch(/^\/texts\/[0-9a-f-]{36}$/);
    const status = await client.get(`${task}/status`);
    expect(status.json).toMatchObject({ state: 'ok', links: { outcome: text } });
    const xml = await client.get(`${task}/status`, { Accept: 'application/xml' });
    expect(xml.text).toContain(`<atom:link rel="outcome" href="${text}"/>`);
  });

  test('reads what other operations have made of the image', async () => {
    const turned = await sharp(scan).rotate(90).png().toBuffer();
    const { text: upright } = await read(turned, [{ operation: 'rotate', angle: -90 }, { operation: 'ocr' }]);
    const { json } = await client.get(upright);
    expect(words(json.text)).toEqual(words(truth));
    expect(json.pages[0]).toMatchObject({ width: 640, height: 480, turned: 0 });
  });

  test('tells what those operations have found out', async () => {
    const askew = await sharp(scan).rotate(3, { background: 'white' }).png().toBuffer();
    const { text: straight } = await read(askew, [{ operation: 'deskew' }, { operation: 'ocr' }]);
    const { findings, text: said } = (await client.get(straight)).json;
    expect(Math.abs(findings.deskew.angle - 3)).toBeLessThanOrEqual(0.2);
    expect(words(said)).toEqual(words(truth));
    const xml = await client.get(straight, { Accept: 'application/xml' });
    expect(xml.text).toContain(`<deskew><angle>${findings.deskew.angle}</angle></deskew>`);
  });

  test('may be asked in XML', async () => {
    const image = await client.post('/images', scan, { 'Content-Type': 'image/tiff' });
    const path = new URL(image.headers.location ?? '').pathname;
    const body = `<task><image href="${path}"/><operations><ocr languages="eng" layout="block"/></operations></task>`;
    const asked = await client.post('/images/tasks', body, { 'Content-Type': 'application/xml' });
    const ended = await service.ended(asked.headers.location ?? '');
    expect(ended.status).toBe(303);
    expect(words((await client.get(ended.headers.location ?? '')).json.text)).toEqual(words(truth));
  });

  test.each([
    [[{ operation: 'ocr' }, { operation: 'flip' }], '/operations/0/operation', /only be the last/],
    [[{ operation: 'convert', format: 'png' }, { operation: 'ocr' }], '/operations/0/operation', /leave it out/],
    [[{ operation: 'ocr', languages: 'eng+tlh' }], '/operations/0/languages', /"tlh".*there is .*deu, eng/],
    [[{ operation: 'ocr', languages: 'eng deu' }], '/operations/0/languages', /languages/],
    [[{ operation: 'ocr', layout: 'poem' }], '/operations/0/layout', /sparse/],
  ])('is refused where it makes no sense: %j', async (operations, pointer, detail) => {
    const reply = await client.post('/images/tasks', { image: '/images/x', operations });
    expect([reply.status, reply.json.errors]).toEqual([
      422,
      [expect.objectContaining({ pointer, detail: expect.stringMatching(detail) })],
    ]);
  });

  test('fails like any other on bytes that are no image', async () => {
    const reply = await client.postForm('/images/tasks', {
      task: '{"operations":[{"operation":"ocr"}]}',
      image: { filename: 'x', mediaType: 'image/png', bytes: Buffer.from('no image') },
    });
    const ended = await service.ended(reply.headers.location ?? '');
    expect(ended.json).toMatchObject({ state: 'failed', detail: 'Invalid image format.' });
  });
});

describe('GET /texts/{id}', () => {
  test('tells every word, its place and how sure it is', async () => {
    const { json } = await client.get(text);
    expect(words(json.text)).toEqual(words(truth));
    expect(json).toMatchObject({ languages: ['eng'], links: { self: text, task, corrections: `${text}/corrections` } });
    const [page] = json.pages;
    expect(page).toMatchObject({ width: 640, height: 480, turned: 0 });
    const [line] = page.blocks[0].paragraphs[0].lines;
    expect(line.words[0]).toMatchObject({ text: 'This' });
    expect(line.words[0].confidence).toBeGreaterThan(80);
    // "This" begins the page, at its upper left.
    const { x, y, width, height } = line.words[0].box;
    expect([x, y, x + width, y + height].map((at) => Math.round(at / 20))).toEqual([2, 5, 5, 6]);
    expect(line.baseline.y0).toBeGreaterThan(y);
  });

  test('is the same in XML', async () => {
    const reply = await as('application/xml');
    expect(contentType(reply)).toBe('application/xml; charset=utf-8');
    const read = [...reply.text.matchAll(/<word [^>]*>([^<]*)<\/word>/g)].map(([, word]) => word);
    expect(read).toEqual(words(truth));
  });

  test('is plain text to whoever wants that', async () => {
    const reply = await as('text/plain');
    expect([contentType(reply), words(reply.text)]).toEqual(['text/plain; charset=utf-8', words(truth)]);
    expect(reply.headers).toMatchObject({ 'content-location': `${text}?format=txt`, vary: 'Accept' });
  });

  test('is hOCR under the name that libraries know, and at its own URI to a browser', async () => {
    const reply = await client.get(`${text}?format=hocr`, { Accept: 'text/html,application/xml;q=0.9,*/*;q=0.8' });
    expect(contentType(reply)).toBe('text/html; charset=utf-8');
    expect(reply.text).toMatch(/^<!DOCTYPE html>/);
    const read = [...reply.text.matchAll(/class="ocrx_word"[^>]*>([^<]*)</g)].map(([, word]) => word);
    expect(read).toEqual(words(truth));
    const named = await as('text/vnd.hocr+html');
    expect([contentType(named), named.text]).toEqual(['text/vnd.hocr+html; charset=utf-8', reply.text]);
  });

  test('is ALTO', async () => {
    const reply = await as('application/alto+xml');
    expect([contentType(reply), XMLValidator.validate(reply.text)]).toEqual([
      'application/alto+xml; charset=utf-8',
      true,
    ]);
    const read = [...reply.text.matchAll(/<String [^>]*CONTENT="([^"]*)"/g)].map(([, word]) => word);
    expect(read).toEqual(words(truth));
  });

  test('is a table', async () => {
    const reply = await as('text/tab-separated-values');
    const [head, ...rows] = reply.text.trimEnd().split('\n');
    expect(head?.split('\t')).toHaveLength(12);
    const read = rows.map((row) => row.split('\t')).filter(([level]) => level === '5');
    expect(read.map((cells) => cells[11])).toEqual(words(truth));
  });

  test('is a PDF, whole or in ranges', async () => {
    const reply = await as('application/pdf');
    expect(reply.bytes.toString('latin1', 0, 5)).toBe('%PDF-');
    // The scan has two colours: a bit a pixel.
    expect(reply.bytes.toString('latin1')).toContain(
      '/Width 640 /Height 480 /ColorSpace /DeviceGray /BitsPerComponent 1',
    );
    const [, stream = ''] =
      /BitsPerComponent 1 [^]*?stream\n([^]*?)\nendstream/.exec(reply.bytes.toString('latin1')) ?? [];
    const bits = inflateSync(Buffer.from(stream, 'latin1'));
    const pixels = await sharp(scan).toColourspace('b-w').raw().toBuffer();
    const black = [...pixels].filter((value) => value === 0).length;
    expect([...bits].reduce((sum, byte) => sum + 8 - byte.toString(2).replaceAll('0', '').length, 0)).toBe(black);
    const range = await client.get(text, { Accept: 'application/pdf', Range: 'bytes=0-4' });
    expect([range.status, range.text]).toEqual([206, '%PDF-']);
    const beyond = await client.get(text, { Accept: 'application/pdf', Range: 'bytes=99999999-' });
    expect(beyond.status).toBe(416);
  });

  test.each([
    ['json', 'application/json'],
    ['xml', 'application/xml; charset=utf-8'],
    ['txt', 'text/plain; charset=utf-8'],
    ['hocr', 'text/html; charset=utf-8'],
    ['alto', 'application/alto+xml; charset=utf-8'],
    ['tsv', 'text/tab-separated-values; charset=utf-8'],
    ['pdf', 'application/pdf'],
  ])('?format=%s is that form, whatever a browser says it likes', async (format, mediaType) => {
    const reply = await client.get(`${text}?format=${format}`, { Accept: 'text/html,application/xml;q=0.9,*/*;q=0.8' });
    expect([reply.status, contentType(reply)]).toEqual([200, mediaType]);
    const again = await client.get(`${text}?format=${format}`, { 'If-None-Match': reply.headers.etag ?? '' });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
    expect(reply.headers['repr-digest']).toMatch(/^sha-256=:.*:$/);
    const accepted = format === 'hocr' ? 'text/vnd.hocr+html' : (mediaType.split(';')[0] ?? '');
    const self = await client.get(text, { Accept: accepted });
    expect(self.bytes.equals(reply.bytes)).toBe(true);
  });

  test('names what it has where nothing of it is accepted', async () => {
    const reply = await as('image/png');
    expect(reply.status).toBe(406);
    expect(reply.json.available).toEqual(
      expect.arrayContaining(['application/json', 'application/alto+xml', 'application/pdf']),
    );
  });
});

describe('POST /texts/{id}/corrections', () => {
  const correct = (correction: object): Promise<Reply> => client.post(`${text}/corrections`, correction);

  test('keeps a correction that nobody can read', async () => {
    const reply = await correct({ page: 1, line: 1, word: 2, text: 'was' });
    expect([reply.status, Object.keys(reply.json)]).toEqual([200, ['message', 'links']]);
    expect(reply.headers.location).toBeUndefined();
    expect((await correct({ text: 'all of it' })).status).toBe(200);
    expect((await client.get(`${text}/corrections`)).status).toBe(405);
    expect((await client.get(text)).json.text).not.toContain('all of it');
    const database = new pg.Client({ connectionString: service.database.url });
    await database.connect();
    const { rows } = await database.query('select page, line, word, correct from corrections order by created_at');
    await database.end();
    expect(rows).toEqual([
      { page: 1, line: 1, word: 2, correct: 'was' },
      { page: null, line: null, word: null, correct: 'all of it' },
    ]);
  });

  test.each([
    [{ page: 2, text: 'x' }, '/page'],
    [{ page: 1, line: 999, text: 'x' }, '/line'],
    [{ page: 1, line: 1, word: 999, text: 'x' }, '/word'],
    [{ line: 1, text: 'x' }, '/page'],
    [{ page: 1, word: 1, text: 'x' }, '/line'],
    [{ page: 0, text: 'x' }, '/page'],
    [{ page: 1 }, '/text'],
    [{ text: '' }, '/text'],
  ])('refuses %j', async (correction, pointer) => {
    const reply = await correct(correction);
    expect([reply.status, reply.json.errors[0].pointer]).toEqual([422, pointer]);
  });

  test('refuses a member that means nothing', async () => {
    const reply = await correct({ text: 'x', colour: 'red' });
    expect([reply.status, reply.json.errors]).toEqual([400, [expect.objectContaining({ pointer: '/colour' })]]);
  });
});
