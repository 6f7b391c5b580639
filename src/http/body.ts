import { type IncomingMessage } from 'node:http';
import { Problem } from '../problems.js';
import { contentTypeOf } from './content-type-field.js';
import { type Row } from './contract.js';
import { readText } from './read-text.js';
import { streamOfRequest, tooLarge } from './request-bytes.js';

/** Limits on what is not an image: structured bodies are read whole. */
export const structuredBytesMax = 1024 * 1024;

/** RFC 9112 6.3: without Content-Length and Transfer-Encoding a request has no content. */
export function hasContent({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The key of `row.accepts` that takes this request's content: exact, or a range such as `image/*`. */
export function acceptedType(operation: Row, request: IncomingMessage): string {
  const accepted = Object.keys(operation.accepts ?? {});
  const type = contentTypeOf(request)?.type;
  const key = accepted.find(
    (candidate) => candidate === type || (candidate.endsWith('/*') && type?.startsWith(candidate.slice(0, -1))),
  );
  if (key === undefined) {
    // RFC 10008 2: a query without a media type is malformed.
    const slug = type === undefined && operation.method === 'QUERY' ? 'malformed-request' : 'unsupported-media-type';
    throw new Problem(slug, {
      detail: `${type === undefined ? 'There is no Content-Type.' : `${type} is not taken here.`} Send ${accepted.join(', ')}.`,
      headers: { [acceptField(operation.method)]: accepted.join(', ') },
    });
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new Problem('unsupported-media-type', {
      detail: 'Content codings are not taken: send the bytes as they are.',
      headers: { 'Accept-Encoding': 'identity' },
    });
  }
  return key;
}

/** The field that lists which content a method takes: RFC 5789 3.1, RFC 10008 3 (a list of tokens there, RFC 9651), RFC 9110 15.5.16. */
export function acceptField(method: Row['method']): 'Accept' | 'Accept-Patch' | 'Accept-Query' {
  if (method === 'PATCH') return 'Accept-Patch';
  return method === 'QUERY' ? 'Accept-Query' : 'Accept';
}

/** Refuses by Content-Length what is too large before a byte of it was read. */
export function refuseLongContent(request: IncomingMessage, bytesMax: number): void {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > bytesMax) throw tooLarge(bytesMax);
}

/** A structured body whole, as text in UTF-8. */
export function readBody(request: IncomingMessage, bytesMax = structuredBytesMax): Promise<string> {
  return readText(streamOfRequest(request, bytesMax), bytesMax);
}
