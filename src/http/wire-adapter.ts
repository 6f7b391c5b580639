import { createServer, type Server } from 'node:http';
import { type Socket } from 'node:net';
import { ExpressAdapter } from '@nestjs/platform-express';
import { headerFieldsMax } from './request-head.js';

/** What one connection may take of the process. Seconds. */
export interface WireLimits {
  /** From the connection, or the answer before, to the last line of the header. */
  readonly headersSecondsMax: number;
  /** How long an answer may go unread. */
  readonly answerSecondsMax: number;
  /** Open at once; further ones are closed at once. */
  readonly connectionsMax: number;
}

/** A whole request: a 64 MiB upload over 2 Mbit/s takes four and a half minutes, ms. */
const requestTimeout = 300_000;
/** Longer than the minute that load balancers keep idle connections for: they are to be the first to close, ms. */
const keepAliveTimeout = 65_000;
/** How often Node looks for requests that are late, ms. Its own 30 s would make of 15 s up to 45. */
const connectionsCheckingInterval = 1_000;
/** The request line and all fields, bytes. */
const maxHeaderSize = 16 * 1024;

/** Express on a server with limits: Node's own are generous, or there are none. */
export class WireAdapter extends ExpressAdapter {
  constructor(private readonly limits: WireLimits) {
    super();
  }

  override initHttpServer(): void {
    const { headersSecondsMax, answerSecondsMax, connectionsMax } = this.limits;
    this.httpServer = createServer(
      {
        headersTimeout: headersSecondsMax * 1000,
        ...{ requestTimeout, keepAliveTimeout, connectionsCheckingInterval, maxHeaderSize },
        // request-head.ts refuses with a problem; Node would without a word.
        requireHostHeader: false,
      },
      this.getInstance(),
    );
    this.httpServer.maxConnections = connectionsMax;
    // One more than is taken: Node leaves out the others without a word.
    this.httpServer.maxHeadersCount = headerFieldsMax + 1;
    dropSlowReaders(this.httpServer, answerSecondsMax);
  }
}

/**
 * Closes the connection of whoever does not read its answer. A timeout is told once nothing has moved for so long; where there
 * is nothing to be read yet the service is at work for the client, who has to wait.
 */
function dropSlowReaders(server: Server, seconds: number): void {
  server.on('request', (_request, response) => response.setTimeout(seconds * 1000, dropUnread));
}

/** RFC 9112 9.6 has nothing gentler for a client that reads nothing. */
function dropUnread(this: void, socket?: Socket): void {
  if (socket !== undefined && socket.writableLength > 0) socket.destroy();
}
