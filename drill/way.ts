import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * through: as if it were not there. refused: connections are cut, and new ones too. silent: nothing gets through, and nobody is
 * told. lossy: the answer is cut off at its first byte.
 */
export type Manner = 'through' | 'refused' | 'silent' | 'lossy';

/** A way over TCP that can be broken: to the database, or to the service. */
export class Way {
  private readonly sockets = new Set<Socket>();
  private manner: Manner = 'through';

  private constructor(
    private readonly server: Server,
    private readonly to: number,
  ) {
    server.on('connection', (near) => this.join(near));
  }

  /** @param to a port of this machine */
  static async open(to: number): Promise<Way> {
    const way = new Way(createServer(), to);
    way.server.listen(0, '127.0.0.1');
    await once(way.server, 'listening');
    return way;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on it behaves so. What was silent meanwhile is cut: packets that were lost for long are. */
  become(manner: Manner): void {
    if (manner === 'refused' || this.manner === 'silent') this.cut();
    this.manner = manner;
  }

  close(): void {
    this.server.close();
    this.cut();
  }

  private cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private join(near: Socket): void {
    if (this.manner === 'refused') return void near.destroy();
    const far = connect(this.to, '127.0.0.1');
    for (const [from, onto] of [[near, far], [far, near]] as const) {
      this.sockets.add(from);
      from.on('error', () => undefined);
      from.once('close', () => {
        this.sockets.delete(from);
        onto.destroy();
      });
    }
    const isLossy = this.manner === 'lossy';
    near.on('data', (bytes) => this.pass(far, bytes));
    far.on('data', (bytes) => (isLossy ? near.destroy() : this.pass(near, bytes)));
  }

  private pass(onto: Socket, bytes: Buffer): void {
    if (this.manner !== 'silent') onto.write(bytes);
  }
}
