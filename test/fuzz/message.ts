import { type Sample } from '../support/samples.js';

/** A request as it is written to a socket: nothing of it has been made right. */
export interface Message {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export function messageOf(method: string, { path, headers = {}, body }: Sample): Message {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (bytes !== undefined && !Buffer.isBuffer(bytes)) throw new Error('A stream cannot be written twice.');
  return { method, target: path, headers: Object.entries(headers), body: bytes ?? Buffer.alloc(0) };
}

export function fieldOf({ headers }: Message, name: string): string | undefined {
  return headers.find(([given]) => given.toLowerCase() === name)?.[1];
}

export function withField(message: Message, name: string, value: string): Message {
  const others = message.headers.filter(([given]) => given.toLowerCase() !== name.toLowerCase());
  return { ...message, headers: [...others, [name, value]] };
}

/** The connection ends with the answer. Host and Content-Length are there unless the message has its own. */
export function bytesOf(message: Message, host: string): Buffer {
  const { method, target, body } = message;
  const framed = fieldOf(message, 'content-length') ?? fieldOf(message, 'transfer-encoding');
  const own: [string, string][] = [
    ...(fieldOf(message, 'host') === undefined ? [['Host', host] satisfies [string, string]] : []),
    ['Connection', 'close'],
    ...(framed === undefined && (body.length > 0 || ['POST', 'PUT', 'PATCH', 'QUERY'].includes(method))
      ? [['Content-Length', String(body.length)] satisfies [string, string]]
      : []),
  ];
  const lines = [...own, ...message.headers].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), body]);
}

/** A line for a shell that sends the very same again. Long ones are written to be read, and cut. */
export function replayOf(bytes: Buffer): string {
  const readable = bytes.subarray(0, 600).toString('latin1').replaceAll('\r\n', '\n');
  const line = bytes.length > 60_000 ? '' : `\nbase64 -d <<< '${bytes.toString('base64')}' | nc -q 3 127.0.0.1 3000\n`;
  return `${readable}${bytes.length > 600 ? ` … (${bytes.length} bytes)` : ''}\n${line}`;
}
