import { randomUUIDv7 } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type NextFunction, type Request, type Response } from 'express';
import { callerOf } from './identity.js';

/** A request and its answer, as it is kept on record: nothing of it is a secret, or may have one in it. */
export interface Exchange {
  requestId: string;
  /** What the caller's own tracing calls it (W3C Trace Context). */
  traceId?: string;
  method: string;
  /** Without its query, in which callers may put what is nobody's business. */
  path: string;
  /** The id of the contract row that has answered; absent where none did. */
  operation?: string;
  /** Whose request it was. */
  /** undefined: nobody has asked who calls. */
  owner: string | undefined;
  /** Absent where the client was gone before there was an answer. */
  status?: number;
  /** From its header fields to the last byte of its answer. */
  durationMs: number;
  /** What went over the connection meanwhile, header fields included. */
  bytes: number;
  /** The connection ended before the answer did. */
  aborted?: true;
}

/** What broke before there was a request: no more is known of it. */
export interface Refusal {
  requestId: string;
  status: number;
  /** Node's word for what is wrong. */
  code: string;
}

/** Who is told of each exchange when it is over. */
export interface Observer {
  exchange(exchange: Exchange): void;
  refusal(refusal: Refusal): void;
}

interface Known {
  requestId: string;
  operation?: string;
}

const known = new WeakMap<IncomingMessage, Known>();

/** Names the request, tells its caller the name, and the observers of the exchange when it is over. */
export function observeExchanges(observers: readonly Observer[]) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const began = performance.now();
    const requestId = givenRequestId(request) ?? randomUUIDv7();
    known.set(request, { requestId });
    response.setHeader('X-Request-Id', requestId);
    // The answer lets go of its connection before it is closed.
    const { socket, method, path } = request;
    const sentBefore = socket.bytesWritten;
    response.once('close', () => {
      const durationMs = Math.round((performance.now() - began) * 1000) / 1000;
      const bytes = socket.bytesWritten - sentBefore;
      const exchange = { ...namesOf(request), method, path, ...endOf(response), durationMs, bytes };
      for (const observer of observers) observer.exchange(exchange);
    });
    next();
  };
}

/** The row that answers, once that is known. */
export function answeredBy(request: Request, operation: string): void {
  const { requestId } = known.get(request) ?? { requestId: '' };
  known.set(request, { requestId, operation });
}

/** The name of a request that `observeExchanges` has seen. */
export function requestIdOf(request: IncomingMessage): string | undefined {
  return known.get(request)?.requestId;
}

function namesOf(request: Request): Pick<Exchange, 'requestId' | 'traceId' | 'operation' | 'owner'> {
  const { requestId, operation } = known.get(request) ?? { requestId: '' };
  const traceId = traceIdOf(request);
  return {
    requestId,
    ...(traceId === undefined ? {} : { traceId }),
    ...(operation === undefined ? {} : { operation }),
    owner: callerOf(request)?.owner,
  };
}

function endOf(response: ServerResponse): Pick<Exchange, 'status' | 'aborted'> {
  const { headersSent, writableFinished, statusCode } = response;
  return { ...(headersSent ? { status: statusCode } : {}), ...(writableFinished ? {} : { aborted: true as const }) };
}

/** What a proxy or a caller has named it; what could break a line of a log, or fill it, is no name. */
function givenRequestId({ headers }: IncomingMessage): string | undefined {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.~:+/=@-]{1,128}$/.test(given) ? given : undefined;
}

/** W3C Trace Context 3.2.2: all zeros is no id, ff no version. */
function traceIdOf({ headers }: IncomingMessage): string | undefined {
  const { traceparent } = headers;
  if (typeof traceparent !== 'string') return undefined;
  return /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-|$)/.exec(traceparent)?.[1];
}
