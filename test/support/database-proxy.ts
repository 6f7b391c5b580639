import net, { type AddressInfo } from 'node:net';

/** A way to the database on which it can go away, and come back. */
export class DatabaseProxy {
  private readonly ends = new Set<net.Socket>();
  private readonly server: net.Server;
  private mode: 'open' | 'silent' | 'refusing' = 'open';

  private constructor(private readonly target: URL) {
    this.server = net.createServer((client) => this.connect(client));
  }

  static async start(): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(new URL(process.env['TEST_DATABASE_URL'] ?? ''));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The same database, by this way. */
  readonly url = (url: string): string => {
    const { port } = this.server.address() as AddressInfo;
    return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href;
  };

  /** Connections stay as they are, and nothing comes through: packets are lost, or the server is stopped. */
  silence(): void {
    this.mode = 'silent';
    for (const end of this.ends) end.pause();
  }

  /** Connections break, and new ones are not taken: the server is down. */
  refuse(): void {
    this.mode = 'refusing';
    this.breakOff();
  }

  /** Connections break, and new ones can be made. */
  breakOff(): void {
    for (const end of this.ends) end.destroy();
  }

  /** It is back. What was on its way arrives. */
  restore(): void {
    this.mode = 'open';
    for (const end of this.ends) end.resume();
  }

  close(): void {
    this.server.close();
    this.breakOff();
  }

  private connect(client: net.Socket): void {
    if (this.mode === 'refusing') {
      client.destroy();
      return;
    }
    const onward = net.connect(Number(this.target.port), this.target.hostname);
    for (const [end, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      this.ends.add(end);
      end.on('data', (chunk) => other.write(chunk));
      end.on('error', () => undefined);
      end.once('close', () => {
        this.ends.delete(end);
        other.destroy();
      });
      if (this.mode === 'silent') end.pause();
    }
  }
}
