import { type Request, type Response } from 'express';
import { hasContent } from './body.js';

/** How long a client may go on sending after its answer before its connection is cut, ms: long enough to read the answer. */
const lingerMs = 2_000;

/**
 * The rest of a body that nobody reads is not waited for: the request was refused, or its method has no use for content. RFC 9112
 * 9.6: closing at once would reset the connection, and the client might lose the answer; so our side is closed, and what still
 * comes is thrown away until the client closes too.
 */
export function abandonContent(request: Request, response: Response): void {
  // In the turn in which the headers arrive, no request is complete yet.
  if (!hasContent(request) || request.complete) return;
  response.setHeader('Connection', 'close');
  const { socket } = request;
  // What Node calls after the last answer of a connection.
  socket.destroySoon = (): void => {
    socket.end();
    request.resume();
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(timer));
  };
}
