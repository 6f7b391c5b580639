import http from 'node:http';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { type Reply } from '../support/client.js';

/** No answer takes as long, ms: neither work nor waiting is asked for. Beside other tests the machine itself may be slow. */
export const answerMsMax = Number(process.env['FUZZ_MS_MAX'] ?? 10_000);

/**
 * Writes bytes to the service and reads one answer with Node's own parser, which has to know the method: the answer to HEAD
 * has no content. Undefined where the connection was closed without a word.
 */
export function ask(origin: string, method: string, bytes: Buffer): Promise<Reply | undefined> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  // What Node's client writes itself goes nowhere.
  const connection = Object.assign(
    new Duplex({
      read: () => socket.resume(),
      write: (_chunk, _encoding, done) => done(),
      destroy: (error, done) => {
        socket.destroy();
        done(error);
      },
    }),
    { setNoDelay: () => undefined, setKeepAlive: () => undefined, setTimeout: () => undefined },
  );
  socket.on('data', (chunk) => connection.push(chunk));
  socket.on('end', () => connection.push(null));
  socket.on('error', () => connection.destroy());
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error(`No answer within ${answerMsMax} ms.`));
    }, answerMsMax);
    const settle = (reply: Reply | undefined): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(reply);
    };
    const request = http.request({ method, createConnection: () => connection, setDefaultHeaders: false });
    request.once('error', () => settle(undefined));
    request.once('response', (response) => read(response, settle));
    request.flushHeaders();
  });
}

function read(response: http.IncomingMessage, settle: (reply: Reply | undefined) => void): void {
  const chunks: Buffer[] = [];
  const done = (): void => {
    const bytes = Buffer.concat(chunks);
    const text = bytes.toString('utf8');
    const { headers, statusCode: status = 0 } = response;
    const isJson = /[/+]json/.test(headers['content-type'] ?? '') && text !== '' && status !== 206;
    settle({ status, headers, bytes, text, json: isJson ? JSON.parse(text) : undefined });
  };
  // A stream of events goes on for as long as its task.
  const endless = response.headers['content-type']?.startsWith('text/event-stream');
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (endless) done();
  });
  response.once('end', done);
  response.once('error', () => settle(undefined));
}

/**
 * Writes bytes, and hears all that comes back. It closes its own side once something has come, or after a while: Node sends no
 * answer to who has closed before, and some messages are never whole.
 */
export function hear(origin: string, bytes: Buffer, patienceMs = 30): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    const chunks: Buffer[] = [];
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error(`The connection was open after ${answerMsMax} ms. Heard: ${text()}`));
    }, answerMsMax);
    const text = (): string => Buffer.concat(chunks).toString('latin1');
    const patience = setTimeout(() => socket.end(), patienceMs);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      socket.end();
    });
    socket.on('error', () => undefined);
    socket.once('end', () => socket.end());
    socket.once('close', () => {
      clearTimeout(late);
      clearTimeout(patience);
      resolve(text());
    });
    socket.write(bytes);
  });
}
