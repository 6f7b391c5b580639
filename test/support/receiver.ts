import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { once } from 'node:events';

/** A callback as it arrived. */
export interface Received {
  /** When it had arrived, ms since 1970. */
  time: number;
  path: string;
  headers: Record<string, string>;
  body: string;
}

export type Behaviour = (received: Received, response: http.ServerResponse, count: number) => void;

/** Answers with a status and fields, and no content. */
export const answer =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (_received, response) =>
    response.writeHead(status, headers).end();

/** A real receiver of callbacks: every path behaves as it was told to. */
export class Receiver {
  readonly received: Received[] = [];
  private readonly arrivals: (() => void)[] = [];
  private readonly behaviours = new Map<string, Behaviour>();

  private constructor(private readonly server: http.Server) {
    server.on('request', (request, response) => void this.receive(request, response));
  }

  static async start(port = 0): Promise<Receiver> {
    const receiver = new Receiver(http.createServer());
    receiver.server.listen(port, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  /** The URL of a path that behaves so from now on. */
  at(path: string, behaviour: Behaviour): string {
    this.behaviours.set(path, behaviour);
    return this.urlOf(path);
  }

  urlOf(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  of(path: string): Received[] {
    return this.received.filter((each) => each.path === path);
  }

  /** Waits until so many have come to a path. */
  async until(path: string, count: number): Promise<Received[]> {
    while (this.of(path).length < count) await new Promise<void>((resolve) => this.arrivals.push(resolve));
    return this.of(path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async receive(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const received = {
      time: Date.now(),
      path,
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString(),
    };
    this.received.push(received);
    for (const arrived of this.arrivals.splice(0)) arrived();
    const behave = this.behaviours.get(path) ?? answer(204);
    behave(received, response, this.of(path).length);
  }
}
