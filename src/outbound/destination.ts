import dns from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Unsent } from './failures.js';

export interface Address {
  readonly address: string;
  /** 4 or 6. */
  readonly family: number;
}

/** All addresses of a name. Rejects where it has none. */
export type Lookup = (hostname: string) => Promise<readonly Address[]>;

export interface DestinationRules {
  lookup: Lookup;
  /** Whether an address may be called. */
  permits: (address: string) => boolean;
  connectTimeoutMs: number;
}

/** The system's: its files, its servers. It takes a thread, of which libuv gives look-ups no more than half. */
export const systemLookup: Lookup = (hostname) => dns.lookup(hostname, { all: true });

/** A name may have thousands. All are judged, but to try them all would be to scan ports on a stranger's behalf. */
const addressesTriedMax = 16;

/**
 * Where a call to this host is to go: what is returned here is connected to, and nothing is looked up a second time,
 * so that a name cannot mean one thing when it is judged and another when it is called (DNS rebinding).
 * @throws Unsent dns; private-address where a single one of the addresses is not permitted; timeout
 */
export async function destinationOf(
  host: string,
  { lookup, permits, connectTimeoutMs }: DestinationRules,
  signal: AbortSignal,
): Promise<readonly Address[]> {
  const family = isIP(host);
  const addresses =
    family === 0 ? await within(connectTimeoutMs, found(lookup, host), signal) : [{ address: host, family }];
  if (!addresses.every(({ address }) => permits(address))) throw new Unsent('private-address');
  return addresses.slice(0, addressesTriedMax);
}

async function found(lookup: Lookup, name: string): Promise<readonly Address[]> {
  const addresses = await lookup(name).catch((cause: unknown) => {
    throw new Unsent('dns', { cause });
  });
  if (addresses.length === 0) throw new Unsent('dns');
  return addresses;
}

/** A look-up cannot be cancelled; nobody waits for it longer than this. */
async function within<T>(timeoutMs: number, promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController();
  const late = setTimeout(timeoutMs, undefined, { signal: AbortSignal.any([signal, done.signal]) }).then(() => {
    throw new Unsent('timeout');
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    done.abort();
  }
}
