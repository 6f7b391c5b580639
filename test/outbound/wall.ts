import { jest } from '@jest/globals';
import { once } from 'node:events';
import net from 'node:net';

/** What Node's sockets ask the kernel with. 0 means that it tries, less than 0 is an error of the system. */
interface Handle {
  connect(request: object, address: string, port: number): number;
  connect6(request: object, address: string, port: number): number;
}

const unreachable = -101; // ENETUNREACH

/**
 * Stands at the last place before the kernel: notes every address that a socket of this process is to be connected to,
 * and lets none through but the loopback. So everything of ours and of undici's and of Node's is real, and yet no public
 * address is ever sent a packet.
 */
export class Wall {
  /** In their order: '127.0.0.1:80', '::1:80'. */
  readonly attempts: string[] = [];
  /** What becomes of an attempt to leave: an error at once, or nothing ever, as behind a firewall that drops. */
  outside: 'unreachable' | 'silent' = 'unreachable';

  static async raise(): Promise<Wall> {
    const wall = new Wall();
    const prototype = await handlePrototype();
    for (const method of ['connect', 'connect6'] as const) {
      const connect = Reflect.get(prototype, method);
      const guarded = function (this: Handle, request: object, address: string, port: number): number {
        wall.attempts.push(`${address}:${port}`);
        if (/^127\.|^::1$/.test(address)) return connect.call(this, request, address, port);
        return wall.outside === 'silent' ? 0 : unreachable;
      };
      jest.spyOn(prototype, method).mockImplementation(guarded);
    }
    return wall;
  }

  lower(): void {
    jest.restoreAllMocks();
  }
}

async function handlePrototype(): Promise<Handle> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const prototype = Object.getPrototypeOf(Reflect.get(server, '_handle')) as Handle;
  server.close();
  return prototype;
}
