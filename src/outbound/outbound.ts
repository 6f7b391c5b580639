import { isPublic } from './addresses.js';
import { faultOfUrl, hostOf, type PrivateAddresses } from './callback-url.js';
import { destinationOf, type Lookup, systemLookup } from './destination.js';
import { type Answer, exchange, type ExchangeRules, type Message } from './exchange.js';
import { failureOf, isOwnMistake, type SendFailure, Unsent } from './failures.js';

export type { Message } from './exchange.js';
export type { SendFailure } from './failures.js';

export interface OutboundOptions {
  privateAddresses: PrivateAddresses;
  /** For the look-up of the name, and again for the connection with its TLS. */
  connectTimeoutMs?: number;
  /** From the request to the headers of the answer; this and the connection's are kept to a second, undici's tick. */
  firstByteTimeoutMs?: number;
  /** All told. */
  totalTimeoutMs?: number;
  /** What is read of an answer's content, which nobody looks at. */
  answerBytesMax?: number;
  /** All addresses of a name; by default as the system resolves it. */
  lookup?: Lookup;
}

/** An answer, or the failure. */
export type Sent = (
  (Answer & { failure?: undefined }) | { failure: SendFailure; /** Where the answer had begun. */ status?: number }
) & { durationMs: number };

/** Calls URLs that strangers have given. What the other side does is never an error here, but an outcome. */
export class Outbound {
  readonly #rules: Required<OutboundOptions> & ExchangeRules;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<Sent>>();

  constructor(options: OutboundOptions) {
    this.#rules = {
      connectTimeoutMs: 5_000,
      firstByteTimeoutMs: 15_000,
      totalTimeoutMs: 20_000,
      answerBytesMax: 64 * 1024,
      lookup: systemLookup,
      ...options,
      permits: options.privateAddresses === 'refuse' ? isPublic : () => true,
    };
  }

  /** One attempt: nothing is followed, and nothing tried again. Rejects for a mistake of the caller's only. */
  async post(message: Message, signal?: AbortSignal): Promise<Sent> {
    const sending = this.#send(message, signal);
    this.#underWay.add(sending);
    return sending.finally(() => this.#underWay.delete(sending));
  }

  /** What is under way ends as aborted. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#underWay);
  }

  async #send(message: Message, signal: AbortSignal | undefined): Promise<Sent> {
    const startedMs = performance.now();
    const clock = AbortSignal.timeout(this.#rules.totalTimeoutMs);
    const stop = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    const outcome = await this.#answer(message, AbortSignal.any([stop, clock])).catch((error: unknown) => {
      if (isOwnMistake(error)) throw error;
      if (stop.aborted) return { failure: 'aborted' as const, ...statusOf(error) };
      return { failure: clock.aborted ? 'timeout' : failureOf(error, 'protocol'), ...statusOf(error) };
    });
    return { ...outcome, durationMs: Math.round(performance.now() - startedMs) };
  }

  async #answer(message: Message, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    // The addresses are left to the look-up below: it judges what a host is called at, in whatever way it is written.
    if (faultOfUrl(message.url, 'allow') !== undefined) throw new Unsent('protocol');
    const addresses = await destinationOf(hostOf(new URL(message.url)), this.#rules, signal);
    return exchange(message, addresses, this.#rules, signal);
  }
}

function statusOf(error: unknown): { status?: number } {
  return error instanceof Unsent && error.status !== undefined ? { status: error.status } : {};
}
