import { type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Problem } from '../problems.js';
import { Patience } from './body-pace.js';
import { wantContent } from './expect-continue.js';

/** The client went away before its message was complete: nothing may be concluded from what did arrive. */
export class RequestAborted extends Error {
  readonly code = 'ECONNRESET';

  constructor() {
    super('The client went away before the request was complete.');
    this.name = 'RequestAborted';
  }
}

/**
 * The bytes of a request, pulled a chunk at a time. Nothing is read that nobody asked for, so that a slow consumer
 * slows the client down through TCP. Once it has failed it fails for ever: a message is never resumed behind a gap.
 */
export class RequestBytes {
  #received = 0;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  readonly #patience: Patience;

  /** `bytesMax`: bytes of the whole message. A Content-Length above it is refused before anything is read. */
  constructor(
    private readonly request: IncomingMessage,
    private readonly bytesMax: number,
  ) {
    this.#patience = new Patience(request);
    if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
  }

  /** The next chunk; undefined at the end of a message that arrived completely. */
  async pull(): Promise<Buffer | undefined> {
    wantContent(this.request);
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const chunk: unknown = this.request.read();
      if (chunk instanceof Buffer) return this.#counted(chunk);
      if (this.request.readableEnded && this.request.complete) return undefined;
      if (this.request.destroyed) this.fail(new RequestAborted());
      await this.#change();
    }
  }

  fail(failure: Error): never {
    this.#failure ??= failure;
    throw this.#failure;
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Wakes whoever still waits (with an error) and lets the rest of the message run into the void: a client that writes all
   * before it reads would never see the answer otherwise, and the connection could not carry another request.
   */
  close(): void {
    this.#failure ??= new Error('The request is not read any more.');
    this.#wake?.();
    if (!this.request.readableEnded) this.request.resume();
  }

  #counted(chunk: Buffer): Buffer {
    this.#received += chunk.length;
    this.#patience.received(chunk.length);
    if (this.#received > this.bytesMax) this.fail(tooLarge(this.bytesMax));
    return chunk;
  }

  /** Settles at the next sign of life or death of the request, or when it was waited for too long, and leaves no listener behind. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      const events = ['readable', 'end', 'error', 'close'];
      const stopWaiting = this.#patience.wait(() => {
        this.#failure ??= new Problem('request-timeout', { detail: 'The body came too slowly.' });
        this.#wake?.();
      });
      this.#wake = () => {
        this.#wake = undefined;
        stopWaiting();
        for (const event of events) this.request.off(event, wake);
        resolve();
      };
      const wake = this.#wake;
      for (const event of events) this.request.on(event, wake);
    });
  }
}

/** The same as a stream. Destroying it leaves the request alone: its answer would go with it. */
export function streamOfRequest(request: IncomingMessage, bytesMax: number): Readable {
  const bytes = new RequestBytes(request, bytesMax);
  return new Readable({
    read() {
      bytes.pull().then(
        (chunk) => this.push(chunk ?? null),
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
    destroy(error, done) {
      bytes.close();
      done(error);
    },
  });
}

export function tooLarge(bytesMax: number): Problem {
  return new Problem('body-too-large', {
    detail: `At most ${bytesMax} bytes are taken here.`,
    members: { limit: bytesMax },
  });
}
