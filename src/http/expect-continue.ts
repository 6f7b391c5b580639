import { type IncomingMessage, type ServerResponse } from 'node:http';

/** Requests that said `Expect: 100-continue` and have not been told to go on (RFC 9110 10.1.1). */
const expecting = new WeakMap<IncomingMessage, ServerResponse>();

export function expectContinue(request: IncomingMessage, response: ServerResponse): void {
  expecting.set(request, response);
}

/** Says 100 as the first byte is asked for: all that headers can decide was decided before. */
export function wantContent(request: IncomingMessage): void {
  expecting.get(request)?.writeContinue();
  expecting.delete(request);
}
