import { type IncomingMessage, type Server } from 'node:http';
import { type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Part } from '../../src/http/multipart.js';
import {
  allOf,
  begin,
  bodies,
  type Consumer,
  end,
  field,
  form,
  head,
  open,
  send,
  startMultipartServer,
  stopMultipartServer,
} from '../support/multipart-server.js';

let server: Server;
beforeAll(async () => {
  server = await startMultipartServer();
});
afterAll(() => stopMultipartServer());

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
