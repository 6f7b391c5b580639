import { randomUUIDv7 } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type NextFunction, type Request, type Response } from 'express';
import { notesOf } from './notes.js';

/** A request and its answer, as it is kept on record: nothing of it is a secret, or may have one in it. */
export interface Exchange {
  requestId: string;
  /** What the caller's own tracing calls it (W3C Trace Context). */
  traceId: string | undefined;
  method: string;
  /** Without its query, in which callers may put what is nobody's business. */
  path: string;
  /** The id of the contract row that has answered; undefined where none did. */
  operation: string | undefined;
  /** Whose request it was; undefined where nobody has asked who calls. */
  owner: string | undefined;
  /** Undefined where the client was gone before there was an answer. */
  status: number | undefined;
  /** From its header fields to the last byte of its answer. */
  durationMs: number;
  /** What went over the connection meanwhile, header fields included. */
  bytes: number;
  /** The connection ended before the answer did. */
  aborted: true | undefined;
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

/** Names the request, tells its caller the name, and the observers of the exchange when it is over. */
export function observeExchanges(observers: readonly Observer[]) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const began = performance.now();
    const requestId = givenRequestId(request) ?? randomUUIDv7();
    const notes = notesOf(request);
    notes.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    // The answer lets go of its connection before it is closed.
    const { socket, method, path } = request;
    const sentBefore = socket.bytesWritten;
    response.once('close', () => {
      const { headersSent, writableFinished, statusCode } = response;
      const exchange: Exchange = {
        requestId,
        traceId: traceIdOf(request),
        operation: notes.operation,
        owner: notes.identity?.owner,
        method,
        path,
        status: headersSent ? statusCode : undefined,
        durationMs: Math.round((performance.now() - began) * 1000) / 1000,
        bytes: socket.bytesWritten - sentBefore,
        aborted: writableFinished ? undefined : true,
      };
      for (const observer of observers) observer.exchange(exchange);
    });
    next();
  };
}

/** The name of a request that `observeExchanges` has seen. */
export function requestIdOf(request: IncomingMessage): string | undefined {
  return notesOf(request).requestId;
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
