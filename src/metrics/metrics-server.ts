import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type Metrics, metricsType } from './metrics.js';

/** Serves the metrics at a port of their own, for whoever reaches it, as long as the process lives. Resolves when it listens. */
export async function serveMetrics(metrics: Metrics, port: number, host: string): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'Content-Type': metricsType, 'Cache-Control': 'no-store' }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  server.unref();
  return server;
}
