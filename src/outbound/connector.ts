import { type Socket } from 'node:net';
import { buildConnector } from 'undici';
import { type Address } from './destination.js';
import { failureOf, Unsent } from './failures.js';

/** After this the next address is tried: a second is a long way round the world, and a name may have a dead one. */
const nextAddressAfterMs = 1_000;

/**
 * Connects to these addresses and to no other, whatever the name in the URL resolves to by now. The name stays what a
 * certificate has to prove. A host that is an address by itself is not looked up by Node: it is its own destination.
 */
export function pinnedConnector(
  addresses: readonly Address[],
  { permits, timeoutMs }: { permits: (address: string) => boolean; timeoutMs: number },
): buildConnector.connector {
  const connect = buildConnector({
    // Later, as a real look-up would: where a connection fails at once, undici would not hear of it yet.
    lookup: (_name, _options, callback) => process.nextTick(callback, null, [...addresses]),
    autoSelectFamily: true, // and with it `lookup` is always asked for all
    autoSelectFamilyAttemptTimeout: nextAddressAfterMs,
    timeout: timeoutMs,
    rejectUnauthorized: true, // also where NODE_TLS_REJECT_UNAUTHORIZED says otherwise
    allowH2: false,
    maxCachedSessions: 0,
  });
  return (options, callback) => {
    // undici takes what comes back for the socket, and destroys it when the call is over before the connection is made.
    return connect(options, (error, socket) => {
      if (error !== null) callback(noConnection(error, options.protocol), null);
      else if (isPeerPermitted(socket, permits)) callback(null, socket);
      else {
        socket.destroy();
        callback(new Unsent('private-address'), null);
      }
    });
  };
}

/** What has no name among the failures is the certificate's or OpenSSL's where there is TLS. */
function noConnection(cause: Error, protocol: string): Unsent {
  return new Unsent(failureOf(cause, protocol === 'https:' ? 'tls' : 'refused'), { cause });
}

/** The judgement of the addresses again, by what the kernel says: no request is sent if it and we should disagree. */
function isPeerPermitted({ remoteAddress }: Socket, permits: (address: string) => boolean): boolean {
  return remoteAddress === undefined || permits(remoteAddress); // undefined: it is gone already
}
