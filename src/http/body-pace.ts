import { type IncomingMessage } from 'node:http';
import { notesOf } from './notes.js';

/** How slowly a body may come. */
export interface BodyPace {
  readonly bytesPerSecondMin: number;
  /** So long it may be slower than that, all told. */
  readonly secondsMax: number;
}

/** What is left of the time that a body may be waited for: waiting takes of it, bytes give back. */
export class Patience {
  readonly #pace: BodyPace | undefined;
  #leftMs: number;

  constructor(request: IncomingMessage) {
    this.#pace = notesOf(request).pace;
    this.#leftMs = this.#mostMs;
  }

  /** Calls back when nothing more is to be waited for. @returns what is to be called when something has come */
  wait(onOver: () => void): () => void {
    if (this.#pace === undefined) return () => undefined;
    const began = performance.now();
    const timer = setTimeout(onOver, this.#leftMs);
    return () => {
      clearTimeout(timer);
      this.#leftMs -= performance.now() - began;
    };
  }

  received(bytes: number): void {
    if (this.#pace === undefined) return;
    this.#leftMs = Math.min(this.#mostMs, this.#leftMs + (bytes / this.#pace.bytesPerSecondMin) * 1000);
  }

  get #mostMs(): number {
    return (this.#pace?.secondsMax ?? Infinity) * 1000;
  }
}
