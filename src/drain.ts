import { type Server } from 'node:http';
import { once } from 'node:events';

/**
 * Lets requests in flight be answered, for so long at most, then closes the server. New connections are taken meanwhile:
 * a load balancer is to see that /readyz says 503, and a caller that its request was not accepted.
 */
export async function drainServer(server: Server, inFlight: () => number, timeoutMs: number): Promise<void> {
  const until = performance.now() + timeoutMs;
  while (inFlight() > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Counts requests that were begun and not answered yet. */
export function countRequests(server: Server): () => number {
  let count = 0;
  server.on('request', (_request, response) => {
    count += 1;
    response.once('close', () => {
      count -= 1;
    });
  });
  return () => count;
}
