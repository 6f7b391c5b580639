import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { Dicer } from '@fastify/busboy';
import fc from 'fast-check';
import { RequestAborted } from '../../src/http/request-bytes.js';
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

let server: Server;
beforeAll(async () => {
  server = await startMultipartServer();
});
afterAll(() => stopMultipartServer());

describe('a form', () => {
  test('gives names, types, files and bytes in order', async () => {
    const body =
      field('a', 'one') +
      part(
        'content-disposition: form-data; name="image"; filename="../ü %22x%22.png"\r\nContent-Type: Image/PNG\r\n',
        '\0\r\n--xy',
      ) +
      field('a', 'zwei', 'Content-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: 8BIT\r\n');
    expect(await send(body + end)).toEqual({
      value: [
        expect.objectContaining({ name: 'a', mediaType: 'text/plain', filename: undefined, body: 'one' }),
        expect.objectContaining({
          name: 'image',
          mediaType: 'image/png',
          filename: '../ü "x".png',
          body: '\0\r\n--xy',
        }),
        expect.objectContaining({ name: 'a', charset: 'iso-8859-1', body: 'zwei' }),
      ],
    });
  });

  test('made by fetch is read', async () => {
    const outcome = begin(async (parts) => {
      const sizes: [string | undefined, number][] = [];
      for await (const { name, stream } of parts) sizes.push([name, (await buffer(stream)).length]);
      return sizes;
    });
    const data = new FormData();
    data.set('text', 'ä');
    data.set('empty', '');
    data.set('file', new Blob([Buffer.alloc(300_000, '\r\n--')]), 'f');
    const { port } = server.address() as AddressInfo;
    expect((await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: data })).status).toBe(200);
    expect(await outcome).toEqual({
      value: [
        ['text', 2],
        ['empty', 0],
        ['file', 300_000],
      ],
    });
  });

  test('preamble, epilogue, padding, folded headers and empty parts are as RFC 2046 has them', async () => {
    const body =
      `preamble\r\n--xy\r\n--xyz \t\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\n--xyz\r\nContent-Disposition: form-data; name=b\r\n\r\n` +
      `\r\n--xyz\r\nContent-Disposition: form-data; name=c\r\n\r\nc\n--xyz--\r\n--xyz--epilogue\r\n--xyz\r\n`;
    expect(await send(body)).toEqual(bodies('', '', 'c\n--xyz--'));
  });

  test('a nested multipart is bytes', async () => {
    const inner = '--in\r\n\r\nx\r\n--in--';
    expect(await send(field('a', inner, 'Content-Type: multipart/mixed; boundary=in\r\n') + end)).toEqual(
      bodies(inner),
    );
  });
});

describe('cut anywhere', () => {
  const message = `pre\r\n${field('a', 'one\r\n--xy\r\n-')}${field('file', '\r\r\n--x', 'Content-Type: image/png\r\n')}${field('e', '')}${end}post`;
  const expected = bodies('one\r\n--xy\r\n-', '\r\r\n--x', '');

  test('a byte at a time', async () => {
    expect(await cut(message, [1])).toEqual(expected);
  });

  test('in two, at every place', async () => {
    for (let at = 1; at < message.length; at++) expect(await cut(message, [at, 10_000])).toEqual(expected);
  });

  test('any contents in any chunks arrive as they were, and as Dicer reads them', async () => {
    const contents = fc.array(
      fc.string({ unit: fc.constantFrom('\r', '\n', '-', 'x', 'y', '\0', 'xyz', '\r\n--xy'), maxLength: 40 }),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(contents, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), async (values, cuts) => {
        fc.pre(values.every((value) => !`\r\n${value}\r\n`.includes('\r\n--xyz')));
        const body = values.map((value, i) => field(`n${i}`, value, 'Content-Type: image/png\r\n')).join('') + end;
        expect(await cut(body, cuts)).toEqual(bodies(...values));
        expect(await dicerReads(Buffer.from(body))).toEqual(values);
      }),
      { numRuns: 150 },
    );
  });
});

function dicerReads(body: Buffer): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const parts: Promise<string>[] = [];
    const dicer = new Dicer({ boundary: 'xyz' });
    dicer.on('part', (stream: Readable) => parts.push(text(stream)));
    dicer.on('error', reject).on('finish', () => resolve(Promise.all(parts)));
    dicer.end(body);
  });
}

describe('a message that is not whole', () => {
  const message = field('a', 'one') + field('b', 'two', 'Content-Type: image/png\r\n') + end;
  const lastDelimiterAt = message.indexOf('--xyz--') + '--xyz--'.length;

  test('ended early, at any byte, is refused, and its part never ends as if complete', async () => {
    for (let at = 0; at < lastDelimiterAt; at++) {
      const ended: string[] = [];
      const using: Consumer = async (parts) => {
        for await (const { stream } of parts) ended.push(await text(stream));
      };
      expect(await send(message.slice(0, at), { using })).toEqual(refused('malformed-body', 'ends without'));
      expect(['one', 'two'].slice(0, ended.length)).toEqual(ended);
    }
  });

  test('given up by the client, at any byte, rejects', async () => {
    for (let at = 0; at < message.length; at++) {
      const started = Promise.withResolvers<void>();
      const outcome = begin((parts, request) => {
        started.resolve();
        return allOf(parts, request);
      });
      const socket = open();
      socket.write(head(form, message.length) + message.slice(0, at));
      await started.promise;
      if (at % 2 === 0) socket.destroy();
      else socket.resetAndDestroy();
      expect(await outcome).toEqual({ error: expect.any(RequestAborted) });
    }
  });

  test('given up while a part is read: the part’s stream rejects', async () => {
    const first = Promise.withResolvers<void>();
    const outcome = begin(async (parts) => {
      for await (const { stream } of parts) {
        const input: AsyncIterable<Buffer> = stream;
        for await (const _ of input) first.resolve();
        throw new Error('the part ended as if complete');
      }
    });
    const socket = open();
    socket.write(head(form, 1e6) + field('a', 'x'.repeat(5000), 'Content-Type: image/png\r\n').slice(0, -2));
    await first.promise;
    socket.destroy();
    expect(await outcome).toEqual({ error: expect.any(RequestAborted) });
  });
});
