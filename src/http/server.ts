import { randomUUIDv7 } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Duplex } from 'node:stream';
import { type NextFunction, type Request, type Response } from 'express';
import { type ProblemSlug } from '../problem-types.js';
import { Problem } from '../problems.js';
import { acceptField } from './body.js';
import { type Observer, type Refusal } from './exchange.js';
import { shownBy } from './doorkeeper.js';
import { expectContinue } from './expect-continue.js';
import { problemDocument } from './problem-document.js';
import { isLongRequestLine } from './request-head.js';
import { contractRows, methodsOf, rowMatches } from './rows.js';
import { type Fields } from './security-headers.js';
import { httpSettings } from './settings.js';

/** RFC 9110 9.3.7: OPTIONS of any URI that something lives at, and of the server as a whole (`*`). */
export async function answerOptions(request: Request, response: Response, next: NextFunction): Promise<void> {
  const methods = request.method === 'OPTIONS' ? await methodsFor(request) : [];
  if (methods.length === 0) {
    next();
    return;
  }
  response.setHeader('Allow', methods.join(', '));
  for (const { method, accepts } of contractRows().filter((row) => rowMatches(row, request.path))) {
    const tells = accepts && (method === 'PATCH' || method === 'QUERY');
    if (tells) response.setHeader(acceptField(method), Object.keys(accepts).join(', '));
  }
  response.status(204).end();
}

async function methodsFor(request: Request): Promise<string[]> {
  if (request.url === '*') return [...new Set(contractRows().map(({ method }) => method)), 'HEAD', 'OPTIONS'].sort();
  const methods = methodsOf(request.path);
  if (!methods.includes('PUT')) return methods;
  // The contract is no secret; what somebody has minted is.
  const caller = await shownBy(request);
  const isMinted = caller !== undefined && (await httpSettings(request.app).isEmptySlot(caller.owner, request.path));
  return isMinted ? ['DELETE', 'OPTIONS', 'PUT'] : methods;
}

/** RFC 9110 10.1.1: 100 is said when the content is wanted (request-bytes.ts), so that a refusal by headers needs no content. */
export function expectContinueLate(server: Server): void {
  server.on('checkContinue', (request, response) => {
    expectContinue(request, response);
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** RFC 9110 10.1.1: no expectation is known but 100-continue. Node would answer 417 by itself, without a word. */
export function refuseExpectation(request: Request, _response: Response, next: NextFunction): void {
  const { expect } = request.headers;
  if (expect === undefined || expect.toLowerCase() === '100-continue') next();
  else
    throw new Problem('expectation-failed', { errors: [{ header: 'Expect', detail: 'only 100-continue is known' }] });
}

const brokenRequests: Record<string, ProblemSlug> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/** The packet is told of what the parser has refused. */
type ParserError = NodeJS.ErrnoException & { rawPacket?: Buffer };

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

/**
 * What breaks before there is a request to route is a problem document too. RFC 9112 9.3.2: answers come in the order of their
 * requests, so one that is owed to an earlier request goes first.
 * @param fields that every answer carries
 */
export function refuseBrokenRequests(server: Server, fields: Fields, observers: readonly Observer[]): void {
  const inProgress = new WeakMap<Duplex, Set<Exchange>>();
  const broken = new WeakSet<Duplex>();
  // Before any handler: it may answer at once.
  server.prependListener('request', (request, response) => {
    const exchanges = inProgress.get(request.socket) ?? new Set();
    const exchange = { request, response };
    inProgress.set(request.socket, exchanges.add(exchange));
    response.once('close', () => exchanges.delete(exchange));
  });
  server.on('clientError', (error: ParserError, socket: Duplex) => {
    if (broken.has(socket)) return;
    broken.add(socket);
    const exchanges = [...(inProgress.get(socket) ?? [])];
    // Without an answer yet, and broken in its own body: the problem is its answer.
    const owed = exchanges.filter(({ request, response }) => request.complete || response.headersSent);
    if (owed.length < exchanges.length && owed.length > 0) {
      socket.destroy();
      return;
    }
    void Promise.all(owed.map(({ response }) => closed(response))).then(() => {
      const refusal = refuse(socket, fields, error);
      if (refusal !== undefined) for (const observer of observers) observer.refusal(refusal);
    });
  });
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', () => resolve());
  });
}

function refuse(socket: Duplex, fields: Fields, { code = '', rawPacket }: ParserError): Refusal | undefined {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  const long = code === 'HPE_HEADER_OVERFLOW' && isLongRequestLine(rawPacket);
  const requestId = randomUUIDv7();
  const problem = new Problem(long ? 'uri-too-long' : (brokenRequests[code] ?? 'malformed-request'));
  const body = JSON.stringify(problemDocument(problem, '', requestId));
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    `X-Request-Id: ${requestId}`,
    ...[...fields].map(([name, value]) => `${name}: ${value}`),
  ];
  // RFC 9110 9.3.2: as far as can be told of what could not be parsed.
  const isHead = rawPacket?.subarray(0, 5).toString('latin1') === 'HEAD ';
  socket.end(`${head.join('\r\n')}\r\n\r\n${isHead ? '' : body}`);
  return { requestId, status: problem.status, code };
}
