import { type Rate } from '../http/caller-limits.js';

/** Keys are looked through for those that have had their time, whenever there are twice as many as were left, and so many more. */
const keysLeast = 1_000;

/**
 * A bucket for each key that runs full steadily (GCRA): all that is kept of it is when it will be full. In memory: each process
 * counts for itself, and asks nobody. All times are milliseconds of the caller's clock.
 */
export class RateLimit {
  private readonly fullAt = new Map<string, number>();
  private lookAt = keysLeast;

  /** @param policy so many may come at once, and as many more in each such time */
  constructor(readonly policy: Rate['policy']) {}

  /** Takes one, where there is one left. */
  take(key: string, now: number): Rate {
    const next = this.fullFrom(key, now) + this.intervalMs;
    const allowed = next - now <= this.windowMs;
    if (allowed) this.keep(key, next, now);
    return this.rate(key, allowed, now);
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.fullAt.size;
  }

  private rate(key: string, allowed: boolean, now: number): Rate {
    const missing = this.fullFrom(key, now) - now;
    return {
      allowed,
      policy: this.policy,
      // A little more: 0.1 + 0.2 is not 0.3.
      remaining: Math.max(0, Math.floor((this.windowMs - missing) / this.intervalMs + 1e-6)),
      resetSeconds: Math.ceil(missing / 1000),
      againSeconds: allowed ? 0 : Math.ceil((missing + this.intervalMs - this.windowMs) / 1000),
    };
  }

  private fullFrom(key: string, now: number): number {
    return Math.max(this.fullAt.get(key) ?? now, now);
  }

  private keep(key: string, fullAt: number, now: number): void {
    this.fullAt.set(key, fullAt);
    if (this.fullAt.size < this.lookAt) return;
    for (const [known, full] of this.fullAt) if (full <= now) this.fullAt.delete(known);
    this.lookAt = keysLeast + 2 * this.fullAt.size;
  }

  private get windowMs(): number {
    return this.policy.seconds * 1000;
  }

  private get intervalMs(): number {
    return this.windowMs / this.policy.quota;
  }
}
