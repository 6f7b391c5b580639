import { setTimeout as sleep } from 'node:timers/promises';
import { checkConformance } from '../test/support/conformance.js';
import { type Reply } from '../test/support/client.js';
import { type Receiver } from '../test/support/receiver.js';
import { inParallel } from '../bench/in-parallel.js';
import { type Chance } from './chance.js';
import { type Ledger } from './ledger.js';
import { send } from './send.js';
import { type Asked, light, type Manner, picture, sha256, wish, type Wish } from './wishes.js';

/** No answer takes longer, ms: a request that gets none is a hang, and is on record as that. */
const patienceMs = 15_000;

/** Whoever gets no task for so long never will, ms. */
const insistMs = 60_000;

/** Refusals that ask to come again. */
const comeAgain = [429, 503, 507];

/** Asks for tasks, and asks again until it is told that they were accepted, as a client should. */
export class Load {
  private wished = 0;
  private stopped = false;
  private image = '';

  /**
   * @param origin where the service is
   * @param slowness how many times slower the machine is than it should be
   */
  constructor(
    readonly origin: string,
    private readonly ledger: Ledger,
    private readonly receiver: Receiver,
    private readonly chance: Chance,
    private readonly slowness: number,
  ) {}

  /** Stores the image that tasks are asked of. */
  async begin(): Promise<void> {
    this.image = await this.store(await picture(0));
  }

  /** @returns the id of the image */
  async store(body: Buffer): Promise<string> {
    const reply = await this.untilAnswered(() => this.ask('POST', '/images', { contentType: 'image/png', body }));
    return (reply.headers.location ?? '').split('/').at(-1) ?? '';
  }

  /** What is asked for next: a told task of the stored image, or of bytes of its own. */
  async next(asked: Partial<Asked> & { told?: boolean } = {}): Promise<Wish> {
    const seed = (this.wished += 1);
    const key = `${seed}-${Math.floor(this.chance.next() * 2 ** 32).toString(16)}`;
    const manner = asked.manner ?? this.chance.of<Manner>(['post', 'upload', 'put']);
    const image = asked.image ?? (manner === 'upload' ? await picture(seed) : this.image);
    const callback = asked.callback ?? (asked.told === false ? undefined : this.receiver.urlOf(`/${key}`));
    const operations = asked.operations ?? light(seed);
    const made = wish(key, { manner, operations, image, callback, ends: asked.ends });
    this.ledger.wish(made);
    return made;
  }

  /** So many tasks, of all manners, asked for by several clients at once. */
  many(
    count: number,
    { atOnce = 6, operations }: { atOnce?: number; operations?: (seed: number) => object[] } = {},
  ): Promise<void> {
    const all = inParallel(atOnce, Array.from({ length: count }), async () => {
      const asked = operations === undefined ? {} : { operations: operations(this.wished + 1) };
      // Whoever brings bytes of its own need not be called back to be found again.
      const told = this.chance.next() < 0.8;
      await this.insist(await this.next(told ? asked : { ...asked, manner: 'upload', told }));
    });
    // Who waits for it may have something else to wait for before.
    all.catch(() => undefined);
    return all;
  }

  /** Whoever still asks gives up. */
  stop(): void {
    this.stopped = true;
  }

  /** Asks until it is accepted. @returns the id of the task @throws Error where that is refused, or never comes */
  async insist(wish: Wish, minted?: string): Promise<string> {
    const target = wish.manner === 'put' ? (minted ?? (await this.mint())) : undefined;
    const reply = await this.untilAnswered(() => this.once(wish, target));
    return reply.json.id;
  }

  /** Asks once. undefined where there is no answer. */
  once(wish: Wish, target?: string): Promise<Reply | undefined> {
    if (target !== undefined) return this.ask('PUT', target, wish);
    return this.ask('POST', '/images/tasks', wish, { 'Idempotency-Key': `"${wish.key}"` });
  }

  async mint(): Promise<string> {
    const { headers } = await this.untilAnswered(() => this.ask('POST', '/images/tasks'));
    return new URL(headers.location ?? '').pathname;
  }

  get(path: string): Promise<Reply | undefined> {
    return this.ask('GET', path);
  }

  /** One request, entered into the ledger with what came of it. undefined where there was no answer. */
  async ask(
    method: string,
    path: string,
    content?: Pick<Wish, 'contentType' | 'body'> & { key?: string | undefined; hash?: string },
    headers: Record<string, string> = {},
  ): Promise<Reply | undefined> {
    const [time, began] = [Date.now(), performance.now()];
    const asked = {
      time,
      method,
      path,
      ...(content?.key && { key: content.key, hash: content.hash ?? sha256(content.body) }),
    };
    const taken = () => ({ ms: Math.round(performance.now() - began) });
    try {
      const sent = content && { headers: { ...headers, 'Content-Type': content.contentType }, body: content.body };
      const reply = await send(method, new URL(path, this.origin), { headers, ...sent, patienceMs });
      this.ledger.write({ ...asked, ...told(method, path, reply), ...taken() });
      return reply;
    } catch (error) {
      this.ledger.write({ ...asked, error: error instanceof Error ? error.message : String(error), ...taken() });
      return undefined;
    }
  }

  private async untilAnswered(ask: () => Promise<Reply | undefined>): Promise<Reply> {
    for (const until = performance.now() + insistMs * this.slowness; performance.now() < until && !this.stopped;) {
      const reply = await ask();
      if (reply !== undefined && reply.status < 400) return reply;
      const isHeld = reply?.status === 409 && reply.text.includes('idempotency-key-in-use');
      if (reply !== undefined && !comeAgain.includes(reply.status) && !isHeld && reply.status < 500)
        throw new Error(`it was refused: ${reply.status} ${reply.text}`);
      // Sooner than Retry-After says: a drill has no time, and a service has impatient clients.
      await sleep(50 + 100 * this.chance.next());
    }
    throw new Error('it was never accepted');
  }
}

function told(method: string, path: string, reply: Reply) {
  const { status, headers, text, json } = reply;
  const accepted = status === 202 || (status === 200 && method === 'PUT');
  const problem = /\/problems\/([a-z-]+)/.exec(status >= 400 ? text : '')?.[1];
  const undeclared = breach(method, path, reply);
  return {
    status,
    ...(accepted && { task: String(json?.id) }),
    ...(problem !== undefined && { problem }),
    ...(headers['retry-after'] !== undefined && { retryAfter: headers['retry-after'] }),
    ...(undeclared !== undefined && { undeclared }),
  };
}

/** How an answer breaks its contract row. */
function breach(method: string, path: string, reply: Reply): string | undefined {
  try {
    checkConformance({ method, path, reply });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
