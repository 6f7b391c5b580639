import { Client } from 'undici';
import { pinnedConnector } from './connector.js';
import { type Address } from './destination.js';
import { failureOf, Unsent } from './failures.js';

export interface Message {
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface Answer {
  status: number;
  /** As it came; the header's value is a number of seconds or a date (RFC 9110 10.2.3). */
  retryAfter: string | undefined;
}

export interface ExchangeRules {
  connectTimeoutMs: number;
  firstByteTimeoutMs: number;
  answerBytesMax: number;
  /** Whether an address may be called. */
  permits: (address: string) => boolean;
}

/**
 * One POST over one connection of its own, which nothing outlives. To keep connections open would save a handshake and
 * cost this: a judgement of addresses would hold for later calls, and every stranger's server would occupy a place.
 */
export async function exchange(
  message: Message,
  addresses: readonly Address[],
  { connectTimeoutMs, firstByteTimeoutMs, answerBytesMax, permits }: ExchangeRules,
  signal: AbortSignal,
): Promise<Answer> {
  const client = new Client(new URL(message.url).origin, {
    connect: pinnedConnector(addresses, { permits, timeoutMs: connectTimeoutMs }),
    pipelining: 0, // says Connection: close
    headersTimeout: firstByteTimeoutMs,
    bodyTimeout: 0, // the clock of the whole call is running
    maxResponseSize: answerBytesMax,
  });
  try {
    return await post(client, message, signal);
  } finally {
    await client.destroy();
  }
}

/** A Client follows no redirect, decodes nothing, keeps no cookies and knows of no proxy. */
async function post(client: Client, { url, headers, body }: Message, signal: AbortSignal): Promise<Answer> {
  const { pathname, search } = new URL(url);
  const answer = await client.request({ method: 'POST', path: pathname + search, headers, body, signal });
  const status = answer.statusCode;
  try {
    await answer.body.bytes(); // of no interest, but a connection is to end in good order
  } catch (cause) {
    throw new Unsent(failureOf(cause, 'protocol'), { status, cause });
  }
  return { status, retryAfter: [answer.headers['retry-after']].flat()[0] };
}
