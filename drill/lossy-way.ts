import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to the service on which answers can get lost: whoever asks is cut off at the first byte, and the service hears nothing of it. */
export class LossyWay {
  /** Of connections that are made from now on. */
  loses = false;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async open(origin: string): Promise<LossyWay> {
    const way = new LossyWay(createServer(), Number(new URL(origin).port));
    way.server.listen(0, '127.0.0.1');
    await once(way.server, 'listening');
    return way;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
  }

  private join(client: Socket): void {
    const { loses } = this;
    const service = connect(this.port, '127.0.0.1');
    for (const end of [client, service]) end.on('error', () => undefined);
    client.on('data', (bytes) => service.write(bytes));
    service.on('data', (bytes) => (loses ? client.destroy() : client.write(bytes)));
    client.once('close', () => (loses ? undefined : service.destroy()));
    service.once('close', () => client.destroy());
  }
}
