import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type CallerLimits, type Rate } from '../http/caller-limits.js';
import { type Identity, local } from '../http/identity.js';
import { type LimitsConfig } from './limits.config.js';
import { type Full, Places } from './places.js';
import { RateLimit } from './rate-limit.js';

/** Of whoever says who it is: a client that polls ten tasks a second, and asks for ninety more things. */
const requestsMax = 6_000;

/**
 * How often callers may come to this process, and how many streams they may hold. It is counted in memory, so that asking costs
 * nothing: several processes together let in as many times that.
 */
export class CallerLimitsInMemory implements CallerLimits {
  private readonly requests: RateLimit | undefined;
  private readonly failures: RateLimit;
  private readonly streams: Places;
  /** Whether callers of a service that is open are counted: they sit at the machine that it runs on, and all are the same owner. */
  private readonly countsLocal: boolean;

  constructor(config: LimitsConfig) {
    const { RATE_REQUESTS_MAX: asked, RATE_SECONDS: seconds, STREAMS_MAX_PER_OWNER, STREAMS_MAX } = config;
    const quota = asked ?? requestsMax;
    this.countsLocal = asked !== undefined;
    this.requests = quota === 0 ? undefined : new RateLimit({ quota, seconds });
    this.failures = new RateLimit({ quota: config.AUTH_FAILURES_MAX, seconds });
    this.streams = new Places({ ofOwner: STREAMS_MAX_PER_OWNER, ofAll: STREAMS_MAX });
  }

  takeRequest(caller: Identity | undefined, address: string): Rate | undefined {
    // Whoever is let in without a key, and not who has one of the owner that has the same name.
    const isLocal = caller === local;
    if (this.requests === undefined || (isLocal && !this.countsLocal)) return undefined;
    const key = caller === undefined || isLocal ? `address ${networkOf(address)}` : `owner ${caller.owner}`;
    return this.requests.take(key, performance.now());
  }

  takeFailure(address: string): Rate {
    return this.failures.take(networkOf(address), performance.now());
  }

  enterStream(owner: string): Full | (() => void) {
    const full = this.streams.full(owner);
    if (full !== undefined) return full;
    this.streams.add(owner, 1);
    return () => this.streams.add(owner, -1);
  }
}

/** Who has one address of IPv6 has the 64 bits of its network to choose from. */
export function networkOf(address: string): string {
  if (isIPv4(address) || !ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toNormalizedString().split(':', 4).join(':');
}
