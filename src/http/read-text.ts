import { type Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { Problem } from '../problems.js';
import { malformed } from './malformed.js';
import { tooLarge } from './request-bytes.js';

/** A small text, whole. `bytesMax` in bytes; `charset` is a label of the WHATWG Encoding Standard. A BOM is left out. */
export async function readText(stream: Readable, bytesMax: number, charset = 'utf-8'): Promise<string> {
  const decoder = decoderFor(charset);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const input: AsyncIterable<unknown> = stream;
  for await (const chunk of input) {
    const bytes = chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > bytesMax) throw tooLarge(bytesMax);
    chunks.push(bytes);
  }
  try {
    return decoder.decode(Buffer.concat(chunks));
  } catch (cause) {
    throw malformed(`The text is not valid ${decoder.encoding}.`, cause);
  }
}

function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch (cause) {
    throw new Problem('unsupported-media-type', { detail: 'The charset is not one that is known here.', cause });
  }
}
