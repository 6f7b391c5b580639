import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response } from 'express';
import parseRange from 'range-parser';
import { Problem } from '../problems.js';
import { etagOfDigest } from './etag.js';
import { describeForeign } from './foreign-content.js';
import { isWanted } from './conditions.js';
import { httpDate } from './time.js';

/** Bytes that an answer carries, sent as they are, whole or in ranges. */
export interface Content {
  mediaType: string;
  /** Bytes. */
  size: number;
  /** SHA-256 of the whole, hexadecimal. */
  digest: string;
  lastModified: Date;
  /** Suggested to whoever saves it. */
  filename: string;
  /** Absolute URI of the bytes, where they are answered under another one (RFC 9110 8.7). */
  location?: string;
  /** The bytes from start to end, both inclusive. Rejects where they cannot be had. */
  open(start: number, end: number): Promise<Readable>;
}

interface Slice {
  start: number;
  end: number;
}

/** A text of our own as content. */
export function textContent(text: string, mediaType: string, filename: string, lastModified: Date): Content {
  const bytes = Buffer.from(text);
  const digest = hash('sha256', bytes);
  const open = (start: number, end: number) => Promise.resolve(Readable.from([bytes.subarray(start, end + 1)]));
  return { mediaType, size: bytes.length, digest, lastModified, filename, open };
}

/** More ranges than this in one request are an attack or a mistake: the whole is sent (RFC 9110 14.2, 17.15). */
const rangesMax = 16;

/** Answers a GET or HEAD of content: 200, 206, 304, 412 or 416. */
export async function sendContent(request: Request, response: Response, content: Content): Promise<void> {
  const etag = etagOfDigest(content.digest);
  describe(response, content, etag);
  if (!isWanted(request, response, etag, content.lastModified)) return;
  const slices = slicesFor(request, content, etag);
  const only = slices[0];
  if (only === undefined) await sendSlice(request, response.status(200), content, { start: 0, end: content.size - 1 });
  else if (slices.length === 1) {
    response.status(206).setHeader('Content-Range', contentRange(only, content.size));
    await sendSlice(request, response, content, only);
  } else await sendByteranges(response.status(206), content, slices);
}

/** RFC 9530 3. `digest`: SHA-256, hexadecimal. */
export function reprDigest(digest: string): string {
  return `sha-256=:${Buffer.from(digest, 'hex').toString('base64')}:`;
}

function describe(response: Response, content: Content, etag: string): void {
  response.setHeader('Content-Type', content.mediaType);
  response.setHeader('ETag', etag);
  response.setHeader('Last-Modified', content.lastModified.toUTCString());
  response.setHeader('Cache-Control', 'no-cache');
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Repr-Digest', reprDigest(content.digest));
  describeForeign(response, content.mediaType, content.filename);
  if (content.location !== undefined) response.setHeader('Content-Location', content.location);
}

/** The ranges to send; none means the whole. */
function slicesFor(request: Request, content: Content, etag: string): Slice[] {
  // RFC 9110 14.2: a unit that is not known is ignored.
  const [field] = /^bytes=.*$/i.exec(request.headers.range ?? '') ?? [];
  // RFC 9110 14.2: ranges are defined for GET alone.
  if (field === undefined || request.method !== 'GET' || !ifRangeHolds(request, content, etag)) return [];
  const parsed = parseRange(content.size, withinSize(field, content.size), { combine: true });
  // RFC 9110 14.2: so is a malformed Range.
  if (parsed === -2 || (Array.isArray(parsed) && parsed.length > rangesMax)) return [];
  if (parsed === -1) {
    throw new Problem('range-not-satisfiable', {
      detail: `${field} lies outside the ${content.size} bytes of the content.`,
      headers: { 'Content-Range': `bytes */${content.size}` },
    });
  }
  return [...parsed];
}

/** RFC 9110 14.1.2: a suffix that is longer than the content is the whole content; range-parser finds nothing in it. */
function withinSize(field: string, size: number): string {
  return field.replace(
    /([=,]\s*-\s*)(\d+)/g,
    (_, sign: string, length: string) => sign + Math.min(Number(length), size),
  );
}

/** RFC 9110 13.1.5: the range counts only while the client's validator, compared strongly, is still the present one. */
function ifRangeHolds(request: Request, content: Content, etag: string): boolean {
  const validator = request.headers['if-range'];
  if (validator === undefined || Array.isArray(validator)) return validator === undefined;
  if (/^(W\/)?"/.test(validator)) return validator === etag;
  return httpDate(validator)?.getTime() === Math.floor(content.lastModified.getTime() / 1000) * 1000;
}

async function sendSlice(request: Request, response: Response, content: Content, slice: Slice): Promise<void> {
  response.setHeader('Content-Length', slice.end - slice.start + 1);
  if (request.method === 'HEAD' || content.size === 0) {
    response.end();
    return;
  }
  // Opened before anything goes out: what cannot be opened is still told as a problem.
  await pipeline(await content.open(slice.start, slice.end), response);
}

/** RFC 9110 14.6: several ranges travel as multipart/byteranges. */
async function sendByteranges(response: Response, content: Content, slices: Slice[]): Promise<void> {
  const boundary = `darkroom-${content.digest.slice(0, 24)}`;
  const heads = slices.map(
    (slice) =>
      `\r\n--${boundary}\r\nContent-Type: ${content.mediaType}\r\nContent-Range: ${contentRange(slice, content.size)}\r\n\r\n`,
  );
  const tail = `\r\n--${boundary}--\r\n`;
  const bytes = slices.reduce((sum, slice) => sum + slice.end - slice.start + 1, heads.join('').length + tail.length);
  response.setHeader('Content-Type', `multipart/byteranges; boundary=${boundary}`);
  response.setHeader('Content-Length', bytes);
  const [first, ...others] = slices.map(
    ({ start, end }) =>
      () =>
        content.open(start, end),
  );
  const opened = await first?.();
  try {
    await pipeline(async function* () {
      yield heads[0];
      yield* opened ?? [];
      for (const [index, open] of others.entries()) {
        yield heads[index + 1];
        yield* await open();
      }
      yield tail;
    }, response);
  } finally {
    opened?.destroy();
  }
}

const contentRange = ({ start, end }: Slice, size: number): string => `bytes ${start}-${end}/${size}`;
