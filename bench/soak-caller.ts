import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { quantile } from './statistics.js';

export interface Asked {
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** Counts as the acceptance of a task. */
  readonly accepts?: true;
}

export interface Heard {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

const complaintsMax = 20;

/** Asks, counts what it is told, and comes again when it is told to. */
export class Caller {
  /** None of it counts before this is set. */
  counting = false;
  private readonly statuses = new Map<number, number>();
  private readonly accepts: number[] = [];
  private silences = 0;
  private busy = 0;
  private complaints = 0;
  private readonly dispatcher: Agent;

  constructor(
    readonly origin: string,
    connections: number,
  ) {
    this.dispatcher = new Agent({ connections, pipelining: 1 });
  }

  async call(method: string, target: string, { headers = {}, body, accepts }: Asked = {}): Promise<Heard> {
    const began = performance.now();
    try {
      const url = new URL(target, this.origin);
      const answer = await request(url, { method, headers, body: body ?? null, dispatcher: this.dispatcher });
      const text = await answer.body.text();
      const { location, 'retry-after': after } = answer.headers;
      const busy = answer.statusCode === 503 && text.includes('/problems/busy');
      this.count(answer.statusCode, busy, accepts === true ? performance.now() - began : undefined);
      if (answer.statusCode >= 500) this.complain(`${method} ${target}: ${text}`);
      if (busy) await sleep(Number(after) * 1_000);
      return { status: answer.statusCode, location: String(location ?? ''), text };
    } catch (error) {
      if (this.counting) this.silences += 1;
      this.complain(`${method} ${target}: ${String(error)}`);
      return { status: 0, location: '', text: '' };
    }
  }

  /** Not all of them: they are many, or few. */
  private complain(text: string): void {
    if ((this.complaints += 1) <= complaintsMax) console.error(text.slice(0, 300));
  }

  private count(status: number, busy: boolean, acceptMs: number | undefined): void {
    if (!this.counting) return;
    if (busy) this.busy += 1;
    else this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (acceptMs !== undefined) this.accepts.push(acceptMs);
  }

  figures(seconds: number): Record<string, number> {
    const between = (from: number, below: number): number =>
      [...this.statuses].reduce((sum, [status, count]) => (status >= from && status < below ? sum + count : sum), 0);
    return {
      perSecond: between(100, 600) / seconds,
      failures: between(500, 600) + this.silences,
      refusals: between(400, 500),
      busy: this.busy,
      acceptsPerSecond: this.accepts.length / seconds,
      acceptP50: quantile(this.accepts, 0.5),
      acceptP99: quantile(this.accepts, 0.99),
    };
  }

  close(): Promise<void> {
    return this.dispatcher.destroy();
  }
}
