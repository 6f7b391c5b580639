import http from 'node:http';
import { type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkConformance } from './conformance.js';

export interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
  /** The body as JSON; what a test reads of it is the test's business. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json: any;
}

export interface CallOptions {
  headers?: Record<string, string>;
  body?: string | Buffer | Readable;
  /** Answers that break the contract on purpose are not held to it. */
  unchecked?: boolean;
}

/** A client over a real socket that follows nothing by itself. Every answer is held to its contract row. */
export class Client {
  /** @param fields that every request carries which does not say otherwise */
  constructor(
    readonly origin: string,
    private readonly fields: Record<string, string> = {},
  ) {}

  async call(method: string, target: string, options: CallOptions = {}): Promise<Reply> {
    const url = new URL(target, this.origin);
    const reply = await exchange(method, url, { ...options, headers: { ...this.fields, ...options.headers } });
    if (!options.unchecked) checkConformance({ method, path: url.pathname, reply });
    return reply;
  }

  /** The same, with further fields of its own. */
  with(fields: Record<string, string>): Client {
    return new Client(this.origin, { ...this.fields, ...fields });
  }

  get(target: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.call('GET', target, { headers });
  }

  post(target: string, body: object | string | Buffer, headers: Record<string, string> = {}): Promise<Reply> {
    const raw = typeof body === 'string' || Buffer.isBuffer(body);
    return this.call('POST', target, {
      headers: { ...(raw ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: raw ? body : JSON.stringify(body),
    });
  }

  /** A form, as a browser or `curl -F` sends it. */
  postForm(
    target: string,
    fields: Record<string, string | Upload>,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const { contentType, body } = formData(fields);
    return this.post(target, body, { 'Content-Type': contentType, ...headers });
  }
}

export interface Upload {
  filename: string;
  mediaType: string;
  bytes: Buffer;
}

export function formData(fields: Record<string, string | Upload>): { contentType: string; body: Buffer } {
  const parts = Object.entries(fields).flatMap(([name, value]) => {
    const disposition = `Content-Disposition: form-data; name="${name}"`;
    if (typeof value === 'string') return [Buffer.from(`--xyz\r\n${disposition}\r\n\r\n${value}\r\n`)];
    const head = `--xyz\r\n${disposition}; filename="${value.filename}"\r\nContent-Type: ${value.mediaType}\r\n\r\n`;
    return [Buffer.from(head), value.bytes, Buffer.from('\r\n')];
  });
  return {
    contentType: 'multipart/form-data; boundary=xyz',
    body: Buffer.concat([...parts, Buffer.from('--xyz--\r\n')]),
  };
}

export interface RelatedPart {
  mediaType: string;
  contentId?: string;
  bytes: Buffer | string;
}

/** RFC 2387, as the source document writes it. */
export function related(parts: RelatedPart[], parameters = ''): { contentType: string; body: Buffer } {
  const bytes = parts.flatMap(({ mediaType, contentId, bytes }) => {
    const id = contentId === undefined ? '' : `Content-ID: <${contentId}>\r\n`;
    return [Buffer.from(`--xyz\r\nContent-Type: ${mediaType}\r\n${id}\r\n`), Buffer.from(bytes), Buffer.from('\r\n')];
  });
  return {
    contentType: `multipart/related; boundary=xyz${parameters}`,
    body: Buffer.concat([...bytes, Buffer.from('--xyz--\r\n')]),
  };
}

function exchange(method: string, url: URL, { headers = {}, body }: CallOptions): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const length =
      typeof body === 'string' || Buffer.isBuffer(body) ? { 'Content-Length': String(Buffer.byteLength(body)) } : {};
    const request = http.request(url, { method, headers: { ...length, ...headers }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => resolve(replyOf(response, Buffer.concat(chunks))));
    });
    request.once('error', reject);
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) request.end(body);
    else pipeline(body, request).catch(() => undefined);
  });
}

function replyOf(response: http.IncomingMessage, bytes: Buffer): Reply {
  const text = bytes.toString('utf8');
  const isJson = /[/+]json/.test(response.headers['content-type'] ?? '') && text !== '' && response.statusCode !== 206;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    bytes,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}
