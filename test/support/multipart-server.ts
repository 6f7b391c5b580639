import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { expect } from '@jest/globals';
import { formDataParts } from '../../src/http/form-data.js';
import { type MultipartLimits, type Part } from '../../src/http/multipart.js';
import { relatedParts } from '../../src/http/multipart-related.js';
import { Problem } from '../../src/problems.js';

// A server that reads multipart messages, and those who send it such messages over a socket, whole or in pieces.

export type AnyPart = Part & { root?: boolean };
export type Consumer = (parts: AsyncGenerator<AnyPart>, request: IncomingMessage) => Promise<unknown>;
export type Outcome = { value: unknown } | { error: unknown };

export const limits: MultipartLimits = {
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

export async function startMultipartServer(): Promise<Server> {
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
  return server;
}

/** Fails where anything was thrown at nobody. */
export async function stopMultipartServer(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  process.off('unhandledRejection', stray);
  process.off('uncaughtException', stray);
  expect(strays).toEqual([]);
}

export const allOf: Consumer = async (parts) => {
  const read = [];
  for await (const { stream, ...part } of parts) read.push({ ...part, body: await text(stream) });
  return read;
};

export function open(): Socket {
  return connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', noDelay: true }).on(
    'error',
    () => undefined,
  );
}

export const head = (type: string, length: number) =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;

interface Sending {
  type?: string;
  using?: Consumer;
  limited?: Partial<MultipartLimits>;
}

/** Sends a message over a socket and gives what the reader made of it. */
export async function send(body: string, { type = form, using = allOf, limited = {} }: Sending = {}): Promise<Outcome> {
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
export async function cut(body: string, cuts: number[], limited: Partial<MultipartLimits> = {}): Promise<Outcome> {
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

export function begin(using: Consumer, limited: Partial<MultipartLimits> = {}): Promise<Outcome> {
  consume = using;
  readerLimits = { ...limits, ...limited };
  return new Promise((resolve) => (settle = resolve));
}

export const form = 'multipart/form-data; boundary=xyz';
export const relatedType = 'multipart/related; boundary=xyz';
export const field = (name: string, value: string, more = '') =>
  `--xyz\r\nContent-Disposition: form-data; name="${name}"\r\n${more}\r\n${value}\r\n`;
export const part = (headers: string, value: string) => `--xyz\r\n${headers}\r\n${value}\r\n`;
export const end = '--xyz--\r\n';

export const refused = (slug: string, detail = '') => ({
  error: expect.objectContaining({ slug, message: expect.stringContaining(detail) as unknown }) as unknown,
});
export const bodies = (...expected: string[]) => ({
  value: expected.map((body) => expect.objectContaining({ body }) as unknown),
});
