import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  allOf,
  begin,
  bodies,
  cut,
  end,
  field,
  form,
  head,
  open,
  part,
  refused,
  send,
  type Consumer,
  startMultipartServer,
  stopMultipartServer,
} from '../support/multipart-server.js';

beforeAll(() => startMultipartServer());
afterAll(() => stopMultipartServer());

describe('limits', () => {
  test('Content-Length over the limit is refused before anything is read', async () => {
    const outcome = begin(allOf, { bytesMax: 1000 });
    const socket = open();
    socket.write(head(form, 1001));
    expect(await outcome).toEqual({
      error: expect.objectContaining({ slug: 'body-too-large', members: { limit: 1000 } }),
    });
    socket.destroy();
  });

  test('bytes that were not announced are counted', async () => {
    const body = field('a', 'x'.repeat(2000), 'Content-Type: image/png\r\n') + end;
    expect(await cut(body, [100], { bytesMax: 1000 })).toEqual(refused('body-too-large', '1000'));
    const epilogue = 'x'.repeat(2000);
    expect(await cut(field('a', '1') + end + epilogue, [100], { bytesMax: 1000 })).toEqual(refused('body-too-large'));
  });

  test('a text field is short, a file may be long', async () => {
    expect(await send(field('a', 'x'.repeat(1000)) + end)).toEqual(bodies('x'.repeat(1000)));
    expect(await send(field('a', 'x'.repeat(1001)) + end)).toEqual({
      error: expect.objectContaining({ slug: 'body-too-large', members: { limit: 1000 } }),
    });
    const file = part('Content-Disposition: form-data; name=a; filename=""\r\n', 'x'.repeat(1001));
    expect(await send(file + end)).toEqual(bodies('x'.repeat(1001)));
    const unread: Consumer = async (parts) => {
      for await (const _ of parts);
    };
    expect(await send(field('a', 'x'.repeat(1001)) + field('b', '') + end, { using: unread })).toEqual(
      refused('body-too-large'),
    );
  });

  test('a part’s header has exactly the bytes it may have', async () => {
    const headers = 'Content-Disposition: form-data; name=a';
    const limited = { partHeaderBytesMax: headers.length + 2 };
    for (const cuts of [[1], [10_000]]) {
      expect(await cut(part(`${headers}\r\n`, 'x') + end, cuts, limited)).toEqual(bodies('x'));
      expect(await cut(part(`${headers} \r\n`, 'x') + end, cuts, limited)).toEqual(refused('malformed-body', 'header'));
    }
  });

  test('too many parts', async () => {
    expect(await send(field('a', '1').repeat(20) + end)).toEqual(bodies(...Array<string>(20).fill('1')));
    expect(await send(field('a', '1').repeat(10_000) + end)).toEqual(refused('malformed-body', '20 parts'));
  });

  test('a header of a megabyte, or one that never ends', async () => {
    const header = `X: ${'y'.repeat(1024 * 1024)}\r\n`;
    expect(await send(part(header, 'x') + end)).toEqual(refused('malformed-body', 'header'));
    expect(await send(`--xyz\r\n${'X: y\r\n'.repeat(200_000)}`)).toEqual(refused('malformed-body', 'header'));
  });
});

describe('refuses', () => {
  test.each([
    ['no parts', end],
    ['nothing', ''],
    ['only a preamble', 'x'.repeat(100_000)],
    ['another boundary', field('a', '1').replaceAll('xyz', 'zyx') + '--zyx--'],
    ['LF alone as line end', (field('a', '1') + end).replaceAll('\r\n', '\n')],
    [
      'LF alone among the headers',
      part('Content-Disposition: form-data; name=a\nContent-Type: image/png\r\n', '1') + end,
    ],
    ['a header line without colon', part('Content-Disposition: form-data; name=a\r\nX y\r\n', '1') + end],
    ['a header without name', part('Content-Disposition: form-data; name=a\r\n: y\r\n', '1') + end],
    ['a part without empty line', '--xyz\r\nContent-Disposition: form-data; name=a\r\n--xyz--\r\n\r\n'],
    ['a longer boundary', field('a', '1').replace('--xyz', '--xyzzy') + end],
    ['no Content-Disposition', part('Content-Type: image/png\r\n', '1') + end],
    ['another disposition', part('Content-Disposition: attachment; name=a\r\n', '1') + end],
    ['no name', part('Content-Disposition: form-data\r\n', '1') + end],
    ['an empty name', field('', '1') + end],
    [
      'two dispositions',
      part('Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n', '1') + end,
    ],
    ['a Content-Type that is none', field('a', '1', 'Content-Type: image\r\n') + end],
  ])('%s', async (_, body) => {
    expect(await send(body)).toEqual(refused('malformed-body'));
    expect(await cut(body, [7])).toEqual(refused('malformed-body'));
  });

  test.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
  ])('the boundary of %s', async (type) => {
    expect(await send(field('a', '1') + end, { type })).toEqual(refused('malformed-body', 'boundary'));
  });

  test.each(['base64', 'Quoted-Printable', 'x-unknown'])('Content-Transfer-Encoding: %s', async (encoding) => {
    expect(await send(field('a', 'YQ==', `Content-Transfer-Encoding: ${encoding}\r\n`) + end)).toEqual(
      refused('unsupported-media-type'),
    );
  });

  test('another type than multipart/form-data', async () => {
    expect(await send('x', { type: 'multipart/mixed; boundary=xyz' })).toEqual(refused('unsupported-media-type'));
  });
});
