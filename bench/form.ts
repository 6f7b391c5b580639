import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type Dispatcher } from 'undici';

export interface File {
  readonly path: string;
  readonly mediaType: string;
}

type Content = Required<Pick<Dispatcher.RequestOptions, 'headers' | 'body'>>;

const boundary = 'darkroom-bench-8e0d6b6a1f6c4d5e';

/** A file as the whole content of a request, streamed. */
export async function rawContent({ path, mediaType }: File): Promise<Content> {
  const { size } = await stat(path);
  return { headers: { 'content-type': mediaType, 'content-length': String(size) }, body: createReadStream(path) };
}

/** multipart/form-data of text fields and a file called `image`, streamed (RFC 7578). */
export async function formContent(
  fields: Readonly<Record<string, string>>,
  { path, mediaType }: File,
): Promise<Content> {
  const part = (disposition: string, ...rest: string[]): string =>
    [`--${boundary}`, `Content-Disposition: form-data; ${disposition}`, ...rest].join('\r\n');
  const texts = Object.entries(fields).map(([name, value]) => part(`name="${name}"`, '', value, ''));
  const head = Buffer.from(
    [...texts, part('name="image"; filename="image"', `Content-Type: ${mediaType}`, '', '')].join(''),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const { size } = await stat(path);
  const headers = {
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': String(head.length + size + tail.length),
  };
  return { headers, body: Readable.from(joined(head, path, tail)) };
}

async function* joined(head: Buffer, path: string, tail: Buffer): AsyncGenerator<Buffer> {
  yield head;
  for await (const chunk of createReadStream(path)) if (Buffer.isBuffer(chunk)) yield chunk;
  yield tail;
}
