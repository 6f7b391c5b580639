import { type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { DelimitedBytes } from './delimited-bytes.js';
import { type PartHeaders, parsePartHeaders } from './part-headers.js';
import { malformed } from './malformed.js';
import { RequestBytes } from './request-bytes.js';

/** One part of a multipart body. Its bytes are `stream`; a multipart inside is bytes too, and not followed. */
export interface Part {
  /** The name of the form field (RFC 7578 4.2). */
  name?: string | undefined;
  /** Without the angle brackets. */
  contentId?: string | undefined;
  /** Lower case, without parameters; text/plain where the part does not say (RFC 7578 4.4, RFC 2046 5.1). */
  mediaType: string;
  charset?: string | undefined;
  /** As the client wrote it: to be shown, never to be used as a path. */
  filename?: string | undefined;
  stream: Readable;
}

/** For one part what Node takes for a whole message: names in several encodings are far below. */
export const partHeaderBytesMax = 16 * 1024;

export interface MultipartLimits {
  partsMax: number;
  /** Bytes of one part's header block. */
  partHeaderBytesMax: number;
  /** Bytes of one form field that is text and no file. */
  fieldBytesMax: number;
  /** Bytes of the whole message. */
  bytesMax: number;
}

/**
 * The parts of a multipart message (RFC 2046 5.1) in their order, streamed. A part is delivered once the one before it was
 * read, or destroyed; one that nobody reads is skipped. Nothing is read ahead of the consumer but a chunk.
 *
 * Not over Dicer of @fastify/busboy, which was tried: it waits for ever when a look-behind byte fills a part's buffer, drops all
 * headers behind a malformed line (a Content-Transfer-Encoding among them), cuts long ones without a word, parses
 * on without a reader, and ends a truncated part. test/http/multipart.test.ts compares the two where Dicer is right.
 */
export async function* multipartParts(
  request: IncomingMessage,
  boundary: string | undefined,
  limits: MultipartLimits,
): AsyncGenerator<{ headers: PartHeaders; stream: Readable }> {
  const bytes = new RequestBytes(request, limits.bytesMax);
  let stream: Readable | undefined;
  try {
    const message = new DelimitedBytes(bytes, checkedBoundary(boundary));
    await skip(message.content());
    let count = 0;
    while (await message.hasPart()) {
      if (++count > limits.partsMax) throw malformed(`The body has more than ${limits.partsMax} parts.`);
      const headers = parsePartHeaders(await message.head(limits.partHeaderBytesMax));
      const content = message.content(isField(headers) ? limits.fieldBytesMax : undefined);
      stream = streamOf(content);
      yield { headers, stream };
      await settled(stream);
      await skip(content);
    }
    if (count === 0) throw malformed('The multipart body has no parts.');
    // RFC 2046 5.1.1: what follows the last delimiter is ignored, but the message must arrive.
    while ((await bytes.pull()) !== undefined);
  } finally {
    bytes.close();
    stream?.destroy();
  }
}

/** RFC 2046 5.1.1: one to 70 characters, the last no space. */
function checkedBoundary(boundary: string | undefined): string {
  if (boundary === undefined) throw malformed('Content-Type has no boundary.');
  if (!/^[\x20-\x7e]{0,69}[\x21-\x7e]$/.test(boundary)) {
    throw malformed('The boundary has to be 1 to 70 ASCII characters, the last no space.');
  }
  return boundary;
}

function isField({ name, filename, mediaType = 'text/plain' }: PartHeaders): boolean {
  return name !== undefined && filename === undefined && mediaType === 'text/plain';
}

/** Unlike Readable.from it shares the generator: the rest of a stream that was destroyed half-way can still be skipped. */
function streamOf(content: AsyncGenerator<Buffer>): Readable {
  const stream = new Readable({
    read() {
      content.next().then(
        (next) => this.push(next.done === true ? null : next.value),
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
  // A part that broke while nobody read it must not end the process; who does read it learns of it all the same.
  return stream.on('error', () => undefined);
}

/** Waits for a reader to finish. A stream without one is closed, so that it can't be taken for complete later. */
async function settled(stream: Readable): Promise<void> {
  const hasReader = stream.listenerCount('data') + stream.listenerCount('readable') > 0;
  if (hasReader && !stream.destroyed) await finished(stream).catch(() => undefined);
  stream.destroy();
}

async function skip(content: AsyncGenerator<Buffer>): Promise<void> {
  while ((await content.next()).done !== true);
}
