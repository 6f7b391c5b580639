import http from 'node:http';
import { type Reply } from '../test/support/client.js';

export interface Sent {
  headers?: Record<string, string>;
  body?: Buffer;
  /** After so long without an answer it is given up, ms. */
  patienceMs: number;
}

/** One request on a connection of its own. Rejects where the answer does not come, or not to its end. */
export function send(method: string, url: URL, { headers = {}, body, patienceMs }: Sent): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const length = body === undefined ? {} : { 'Content-Length': String(body.length) };
  const signal = AbortSignal.timeout(patienceMs);
  const request = http.request(
    url,
    { method, headers: { ...length, ...headers }, agent: false, signal },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        if (response.complete) resolve(replyOf(response, Buffer.concat(chunks)));
        else reject(new Error('the answer broke off'));
      });
    },
  );
  request.once('error', (error) => reject(signal.aborted ? new Error(`no answer in ${patienceMs} ms`) : error));
  request.end(body);
  return promise;
}

function replyOf({ statusCode: status = 0, headers }: http.IncomingMessage, bytes: Buffer): Reply {
  const text = bytes.toString();
  const isJson = /[/+]json/.test(headers['content-type'] ?? '') && text !== '';
  return { status, headers, bytes, text, json: isJson ? JSON.parse(text) : undefined };
}
