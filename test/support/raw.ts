import { connect, type Socket } from 'node:net';

/** A connection on which a test says what it likes. */
export class Raw {
  heard = '';
  private readonly socket: Socket;
  private readonly closing: Promise<void>;

  constructor(origin: string) {
    const { port } = new URL(origin);
    this.socket = connect(Number(port), '127.0.0.1');
    this.socket.on('data', (chunk) => (this.heard += chunk.toString('latin1')));
    this.socket.on('error', () => undefined);
    this.closing = new Promise((resolve) => this.socket.once('close', () => resolve()));
  }

  send(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  /** From now on nothing is read, until it is resumed. */
  pause(): this {
    this.socket.pause();
    return this;
  }

  resume(): this {
    this.socket.resume();
    return this;
  }

  /** All that was heard until the other side has closed. */
  async closed(): Promise<string> {
    await this.closing;
    return this.heard;
  }

  /** Resolves when what was heard matches. */
  async hears(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.heard)) {
      await new Promise<void>((resolve) => {
        this.socket.once('data', () => resolve());
        this.socket.once('close', () => resolve());
      });
      if (this.socket.destroyed && !pattern.test(this.heard)) throw new Error(`closed after: ${this.heard}`);
    }
    return this.heard;
  }

  end(): void {
    this.socket.destroy();
  }
}

/** What is answered to this, and nothing else, on a connection that is closed then. */
export function answerTo(origin: string, bytes: string | Buffer): Promise<string> {
  return new Raw(origin).send(bytes).closed();
}
