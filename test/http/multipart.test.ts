import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Dicer } from '@fastify/busboy';
import fc from 'fast-check';
import { formDataParts } from '../../src/http/form-data.js';
import { type MultipartLimits, type Part } from '../../src/http/multipart.js';
import { relatedParts } from '../../src/http/multipart-related.js';
import { readText } from '../../src/http/read-text.js';
import { RequestAborted } from '../../src/http/request-bytes.js';
import { Problem } from '../../src/problems.js';

type AnyPart = Part & { root?: boolean };
type Consumer = (parts: AsyncGenerator<AnyPart>, request: IncomingMessage) => Promise<unknown>;
type Outcome = { value: unknown } | { error: unknown };

const limits: MultipartLimits = {
  partsMax: 20,
  partHeaderBytesMax: 8192,
  fieldBytesMax: 1000,
  bytesMax: 64 * 1024 * 1024,
};

let server: Server;
let consume: Consumer;
let readerLimits = limits;
let settle: (outcome: Outcome) => void;
const strays: unknown[] = [];
const stray = (error: unknown) => strays.push(error);

beforeAll(async () => {
  process.on('unhandledRejection', stray);
  process.on('uncaughtException', stray);
  server = createServer((request, response) => {
    const related = request.headers['content-type']?.startsWith('multipart/related') ?? false;
    const parts = (related ? relatedParts : formDataParts)(request, readerLimits);
    consume(parts, request).then(
      (value) => {
        settle({ value });
        response.end('done');
      },
      (error: unknown) => {
        settle({ error });
        response.statusCode = error instanceof Problem ? error.status : 500;
        response.end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  process.off('unhandledRejection', stray);
  process.off('uncaughtException', stray);
  expect(strays).toEqual([]);
});

const allOf: Consumer = async (parts) => {
  const read = [];
  for await (const { stream, ...part } of parts) read.push({ ...part, body: await text(stream) });
  return read;
};

function open(): Socket {
  return connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true }).on(
    'error',
    () => undefined,
  );
}

const head = (type: string, length: number) =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;

interface Sending {
  type?: string;
  using?: Consumer;
  limited?: Partial<MultipartLimits>;
}

/** Sends a message over a socket and gives what the reader made of it. */
async function send(body: string, { type = form, using = allOf, limited = {} }: Sending = {}): Promise<Outcome> {
  const outcome = begin(using, limited);
  const socket = open();
  socket.write(head(type, Buffer.byteLength(body)));
  socket.write(body);
  socket.resume();
  const result = await outcome;
  socket.destroy();
  return result;
}

/** Gives the reader a message in chunks of these lengths, over and over. A socket would join them again as it likes. */
async function cut(body: string, cuts: number[], limited: Partial<MultipartLimits> = {}): Promise<Outcome> {
  const bytes = Buffer.from(body);
  const chunks: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const chunk = bytes.subarray(at, at + (cuts[i % cuts.length] ?? 1));
    chunks.push(chunk);
    at += chunk.length;
  }
  const message = { headers: { 'content-type': form }, complete: true };
  const request = Object.assign(Readable.from(chunks), message) as unknown as IncomingMessage;
  return allOf(formDataParts(request, { ...limits, ...limited }), request).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function begin(using: Consumer, limited: Partial<MultipartLimits> = {}): Promise<Outcome> {
  consume = using;
  readerLimits = { ...limits, ...limited };
  return new Promise((resolve) => (settle = resolve));
}

const form = 'multipart/form-data; boundary=xyz';
const relatedType = 'multipart/related; boundary=xyz';
const field = (name: string, value: string, more = '') =>
  `--xyz\r\nContent-Disposition: form-data; name="${name}"\r\n${more}\r\n${value}\r\n`;
const part = (headers: string, value: string) => `--xyz\r\n${headers}\r\n${value}\r\n`;
const end = '--xyz--\r\n';

const refused = (slug: string, detail = '') => ({
  error: expect.objectContaining({ slug, message: expect.stringContaining(detail) as unknown }) as unknown,
});
const bodies = (...expected: string[]) => ({
  value: expected.map((body) => expect.objectContaining({ body }) as unknown),
});

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

describe('a consumer', () => {
  const three =
    field('a', 'one') + field('b', 'x'.repeat(300_000), 'Content-Type: image/png\r\n') + field('c', 'three') + end;

  test('may leave parts unread, half read or destroyed', async () => {
    const names: (string | undefined)[] = [];
    const using: Consumer = async (parts) => {
      for await (const { name, stream } of parts) {
        names.push(name);
        const input: AsyncIterable<unknown> = stream;
        if (name === 'b') for await (const _ of input) break;
      }
      return names;
    };
    expect(await send(three, { using })).toEqual({ value: ['a', 'b', 'c'] });
  });

  test('that reads a part on its own is waited for', async () => {
    const using: Consumer = async (parts) => {
      const reading: Promise<string>[] = [];
      for await (const { stream } of parts) reading.push(text(stream));
      return (await Promise.all(reading)).map((body) => body.length);
    };
    expect(await send(three, { using })).toEqual({ value: [3, 300_000, 5] });
  });

  test('cannot take a part that it skipped for an empty one', async () => {
    const using: Consumer = async (parts) => {
      const skipped = await parts.next();
      await parts.next();
      await parts.return(undefined);
      return text((skipped.value as Part).stream);
    };
    expect(await send(three, { using })).toEqual({
      error: expect.objectContaining({ code: 'ERR_STREAM_PREMATURE_CLOSE' }),
    });
  });

  test.each<[string, Consumer]>([
    [
      'returns',
      async (parts) => {
        for await (const _ of parts) return 'enough';
        return 'none';
      },
    ],
    [
      'throws',
      async (parts) => {
        for await (const { name } of parts) if (name === 'b') throw new Error('enough');
      },
    ],
    [
      'throws while a part is piped',
      async (parts) => {
        for await (const { stream } of parts) {
          stream.on('data', () => undefined);
          throw new Error('enough');
        }
      },
    ],
  ])('that %s mid-way still answers, and the connection takes another request', async (_, using) => {
    const first = begin(using);
    const socket = open();
    const answers = answersOf(socket);
    socket.write(head(form, Buffer.byteLength(three)) + three.slice(0, 1000));
    await first;
    expect((await answers.next()).value).toMatch(/^HTTP\/1.1 (200|500) /);
    const second = begin(allOf);
    socket.write(three.slice(1000));
    socket.write(head(form, Buffer.byteLength(field('z', 'last') + end)) + field('z', 'last') + end);
    expect(await second).toEqual(bodies('last'));
    expect((await answers.next()).value).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
  });

  test('that is slow slows the client: nothing is read ahead', async () => {
    const gate = Promise.withResolvers<void>();
    let request: IncomingMessage | undefined;
    const outcome = begin(async (parts, incoming) => {
      request = incoming;
      let size = 0;
      for await (const { stream } of parts) {
        await gate.promise;
        const input: AsyncIterable<Buffer> = stream;
        for await (const chunk of input) size += chunk.length;
      }
      return size;
    });
    const socket = open();
    const file = Buffer.alloc(32 * 1024 * 1024, 'x');
    const opening = field('f', '', 'Content-Type: image/png\r\n').slice(0, -2);
    const closing = `\r\n${end}`;
    socket.write(head(form, opening.length + file.length + closing.length) + opening);
    socket.write(file);
    // The kernel takes what its buffers hold; the rest stays with the client until it is read here.
    await new Promise((resolve) => server.getConnections(resolve));
    for (let rounds = 0; rounds < 200; rounds++) await new Promise(setImmediate);
    expect(request?.socket.bytesRead ?? 0).toBeLessThan(1024 * 1024);
    gate.resolve();
    socket.end(closing);
    expect(await outcome).toEqual({ value: file.length });
  });
});

async function* answersOf(socket: Socket): AsyncGenerator<string, string> {
  let received = '';
  const input: AsyncIterable<Buffer> = socket;
  for await (const chunk of input) {
    received += chunk.toString();
    const answer = /^HTTP\/1\.1 [^]*?\r\n\r\n(done)?/.exec(received)?.[0];
    if (answer === undefined) continue;
    received = received.slice(answer.length);
    yield answer;
  }
  return received;
}

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

describe('multipart/related', () => {
  const xml = part('Content-Type: application/xml;charset=UTF-8\r\n', '<task/>');
  const json = part('Content-Type: application/json\r\nContent-ID: <task@x>\r\n', '{}');
  const image = part('Content-Type: image/png\r\nContent-ID: <img@x>\r\n', 'pixels');
  const roots = (...expected: [boolean, string, string][]) => ({
    value: expected.map(([root, mediaType, body]) => expect.objectContaining({ root, mediaType, body }) as unknown),
  });
  const ofType = (parameters: string) => ({ type: `${relatedType}; ${parameters}` });

  test('as the source document sends it: without type, the first part is the root', async () => {
    expect(await send(xml + image + end, { type: relatedType })).toEqual(
      roots([true, 'application/xml', '<task/>'], [false, 'image/png', 'pixels']),
    );
  });

  test.each(['start="<task@x>"', 'start="task@x"', 'start="<task@x>"; type="Application/JSON"'])(
    '%s names the root',
    async (parameters) => {
      expect(await send(image + json + end, ofType(parameters))).toEqual(
        roots([false, 'image/png', 'pixels'], [true, 'application/json', '{}']),
      );
    },
  );

  test('type holds for a root without Content-Type', async () => {
    expect(await send(part('', '{}') + image + end, ofType('type="application/json"'))).toEqual(
      roots([true, 'application/json', '{}'], [false, 'image/png', 'pixels']),
    );
  });

  test('type and the root’s own type must agree', async () => {
    expect(await send(xml + end, ofType('type="application/json"'))).toEqual(
      refused('unsupported-media-type', 'application/xml'),
    );
  });

  test('without type, the root has to be JSON or XML by its own word', async () => {
    const suffixed = part('Content-Type: application/vnd.x+json\r\n', '{}');
    expect(await send(suffixed + end, { type: relatedType })).toEqual(roots([true, 'application/vnd.x+json', '{}']));
    expect(await send(image + xml + end, { type: relatedType })).toEqual(refused('malformed-body', '`type`'));
    expect(await send(part('', '{}') + end, { type: relatedType })).toEqual(refused('malformed-body', '`type`'));
  });

  test('start must name one part', async () => {
    expect(await send(xml + image + end, ofType('start="<task@x>"'))).toEqual(refused('malformed-body', '`start`'));
    expect(await send(json + json + end, ofType('start="<task@x>"'))).toEqual(refused('malformed-body', 'Two parts'));
  });
});

describe('readText', () => {
  const read = (bytes: Buffer | string, charset?: string) =>
    readText(Readable.from([Buffer.from(bytes as string)]), 10, charset);

  test('decodes', async () => {
    expect(await read('\uFEFFä€')).toBe('ä€');
    expect(await read(Buffer.from([0xe4]), 'latin1')).toBe('ä');
    expect(await readText(Readable.from([Buffer.from([0xc3]), Buffer.from([0xa4])]), 2)).toBe('ä');
  });

  test('refuses what is too long, invalid or unknown', async () => {
    await expect(read('x'.repeat(11))).rejects.toMatchObject({ slug: 'body-too-large', members: { limit: 10 } });
    await expect(read(Buffer.from([0xc3, 0x28]))).rejects.toMatchObject({ slug: 'malformed-body' });
    await expect(read('x', 'klingon')).rejects.toMatchObject({ slug: 'unsupported-media-type' });
  });
});
