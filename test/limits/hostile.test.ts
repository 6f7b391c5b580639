import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseJson } from '../../src/http/json.js';
import { parseXml } from '../../src/http/xml-in.js';
import { queryFromXml } from '../../src/queries/query.xml.js';
import { taskFromXml } from '../../src/tasks/task.xml.js';
import { Service } from '../support/service.js';

/** Milliseconds of the processor: of a machine that is busy with something else the clock tells nothing. What is cheap once is. */
async function cost(work: () => unknown): Promise<number> {
  let least = Infinity;
  for (let time = 0; time < 3 && least > costMax; time++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** What is allowed, ms: it costs a tenth of that. What grows by the square of a length costs many times as much. */
const costMax = 1_000;

const megabyte = 1024 * 1024;
const filled = (piece: string, before = '', after = ''): string =>
  before + piece.repeat(Math.floor((megabyte - before.length - after.length) / piece.length)) + after;
const numbered = (make: (index: number) => string): string => {
  let text = '';
  for (let index = 0; text.length < megabyte; index++) text += make(index);
  return text;
};

describe('a megabyte of JSON costs little:', () => {
  test.each([
    ['numbers', filled('0,', '[', '0]')],
    ['lists', filled('[],', '[', '[]]')],
    ['objects', filled('{},', '[', '{}]')],
    ['members', filled('{"a":1},', '[', '{}]')],
    ['as many members as there may be', `[${'{"a":1},'.repeat(49_998)}{}]`],
    ['depth', filled('[')],
    ['an escape', filled('\\u0061', '"', '"')],
    ['quotes', filled('"\\')],
    ['names', `{${numbered((index) => `"name ${index}":1,`)}"a":1}`],
    ['long paths', `${`{"${'k'.repeat(30_000)}":`.repeat(30)}[${'0,'.repeat(60_000)}0]${'}'.repeat(30)}`],
  ])('%s', async (_, text) => {
    expect(await cost(() => attempt(() => parseJson(text)))).toBeLessThan(costMax);
  });

  test('more values than any request has are refused, however they are nested', () => {
    expect(() => parseJson(`[${'0,'.repeat(100_000)}0]`)).toThrow('more than 100000 values');
    expect(parseJson(`["${'[{,'.repeat(200_000)}", "\\",${',"'.slice(0, 1)}"]`)).toHaveLength(2);
  });
});

describe('a megabyte of XML costs little:', () => {
  test.each([
    ['character references', filled('&#65;', '<a>', '</a>')],
    ['entities', filled('&lt;', '<a>', '</a>')],
    ['references in an attribute', filled('&#65;', '<a b="', '"/>')],
    ['ampersands', filled('&', '<a>', '</a>')],
    ['elements', filled('<b/>', '<a>', '</a>')],
    ['elements between text', filled('x<b/>', '<a>', '</a>')],
    ['as many elements as there may be', `<a>${'x<b c="1"/>'.repeat(24_999)}</a>`],
    ['different elements', `<a>${numbered((index) => `<e${index}/>`)}</a>`],
    ['attributes', `<a ${numbered((index) => ` a${index}="1"`)}/>`],
    ['CDATA', filled('<![CDATA[x]]>', '<a>', '</a>')],
    ['comments', filled('<!--x-->', '<a>', '</a>')],
    ['comments without an end', filled('<!--', '<a>')],
    ['blanks', filled(' ', '<a', '/>')],
    ['blanks around', filled(' ', '', '<a/>')],
    ['blanks in a declaration', filled(' ', '<?xml version="1.0"')],
    ['open quotes', filled("b='", '<a ')],
    ['a DOCTYPE', filled('<!ENTITY b "&b;&b;">', '<!DOCTYPE a [', ']><a>&b;</a>')],
  ])('%s', async (_, text) => {
    expect(await cost(() => attempt(() => parseXml(text)))).toBeLessThan(costMax);
    expect(await cost(() => attempt(() => taskFromXml(text.replaceAll(/^<a|a>$/g, '<task'))))).toBeLessThan(costMax);
  });

  test('of what no task and no query has', async () => {
    const members = Array.from({ length: 49_000 }, (_, index) => `<e${index}/>`).join('');
    const nested = () => taskFromXml(`<task><image href="x">${members}</image></task>`);
    for (const take of [
      () => taskFromXml(`<task>${members}</task>`),
      () => queryFromXml(`<query>${members}</query>`),
      nested,
    ]) {
      expect(await cost(() => attempt(take))).toBeLessThan(costMax);
    }
    // It is not answered by as many faults.
    expect(attempt(nested)).toMatchObject({ slug: 'unknown-member', errors: Array(100).fill(expect.anything()) });
  });
});

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('a header of 15 KB costs little, whatever it says:', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(() => service.stop());

  const long = (piece: string, before = '', after = ''): string => before + piece.repeat(15_000 / piece.length) + after;
  const values = [
    long('a'),
    long(','),
    long('a,'),
    long(';'),
    long('; '),
    long(' ', 'a;', 'a'),
    long('"'),
    long('\\"', '"'),
    long('a=', '; '),
    long('a/b;q=0.1,'),
    long('a;b="', 'x/y;'),
    long('W/"a",'),
    long('W/'),
    long('0-0,', 'bytes='),
    long('-1,', 'bytes='),
    long('- ', 'bytes='),
    long('9', 'bytes='),
    long('=:', 'sha-256'),
    long('sha-256=:AAAA:,'),
    long('Sun, 06 Nov 1994 08:49:37 GMT'),
    long('multipart/form-data; boundary=a;'),
    long(' =', 'multipart/related; boundary'),
    long('%', "form-data; name*=UTF-8''"),
    long('(', 'no-cache'),
    long('1.', '1'),
  ];
  const names = [
    ...['Accept', 'Accept-Language', 'Range', 'If-Range', 'If-Match', 'If-None-Match', 'If-Modified-Since'],
    ...['Prefer', 'Cache-Control', 'Idempotency-Key', 'Content-Type', 'Content-Encoding', 'Content-Range'],
    ...['Content-Digest', 'Repr-Digest', 'Last-Event-ID', 'Referer', 'X-Forwarded-For', 'Expect', 'Host'],
  ];

  test.each(names)('%s', async (name) => {
    const id = await service.store(onePixel, 'image/gif');
    for (const value of values) {
      const headers = { Host: 'localhost', 'Content-Type': 'image/gif', [name]: value };
      const worst = await cost(async () => {
        await service.client.call('GET', `/images/${id}/content`, { headers, unchecked: true });
        await service.client.call('PUT', `/images/${id}`, { headers, body: onePixel, unchecked: true });
      });
      expect([value.slice(0, 20), worst]).toEqual([value.slice(0, 20), expect.any(Number)]);
      expect(worst).toBeLessThan(costMax);
    }
  });

  test('a part of a form', async () => {
    for (const value of values) {
      for (const name of ['Content-Disposition', 'Content-Type', 'Content-ID', 'Content-Transfer-Encoding']) {
        const body = `--b\r\n${name}: ${value}\r\n\r\nx\r\n--b--\r\n`;
        const headers = { 'Content-Type': 'multipart/form-data; boundary=b' };
        const worst = await cost(() => service.client.call('POST', '/images', { headers, body, unchecked: true }));
        expect(worst).toBeLessThan(costMax);
      }
    }
  });
});

const onePixel = Buffer.from('R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=', 'base64');
