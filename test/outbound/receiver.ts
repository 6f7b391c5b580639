import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';

/** A server on 127.0.0.1 that a test calls, or that must not be called. It counts connections and ends with its test. */
export class Receiver implements AsyncDisposable {
  connections = 0;
  readonly #open = new Set<net.Socket>();

  private constructor(
    private readonly server: net.Server,
    private readonly scheme: 'http' | 'https',
  ) {
    server.on('connection', (socket: net.Socket) => {
      this.connections += 1;
      this.#open.add(socket);
      socket.on('close', () => this.#open.delete(socket));
      socket.on('error', () => undefined); // the other side may end it as it likes
    });
  }

  static async http(listener: RequestListener): Promise<Receiver> {
    return new Receiver(http.createServer(listener), 'http').listen();
  }

  static async https(identity: { key: string; cert: string }, listener: RequestListener): Promise<Receiver> {
    return new Receiver(https.createServer(identity, listener), 'https').listen();
  }

  /** Speaks what it is given, which need not be HTTP. */
  static async raw(onConnection: (socket: net.Socket) => void, scheme: 'http' | 'https' = 'http'): Promise<Receiver> {
    const server = net.createServer((socket) => {
      onConnection(socket);
      socket.resume(); // so that it hears of the end
    });
    return new Receiver(server, scheme).listen();
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(host = '127.0.0.1'): string {
    return `${this.scheme}://${host}:${this.port}/hook`;
  }

  /** Resolves as soon as somebody has come and nobody is there any more. */
  async left(): Promise<void> {
    if (this.connections === 0) await once(this.server, 'connection');
    for (const socket of this.#open) await new Promise((resolve) => socket.once('close', resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  private async listen(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }
}
