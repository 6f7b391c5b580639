import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

/** Of the 128 bits of IPv6 this eighth is the public internet, or will be (RFC 4291 2.4, IANA's IPv6 address space). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Public by number, and yet no one's but the cloud's: Azure's wire server, which hands out a machine's secrets. The
 * other clouds keep theirs at addresses that are not public to begin with.
 */
const metadataServers = ['168.63.129.16'];

/**
 * Whether an address belongs to somebody on the public internet. What is not known to is refused: for IPv4 IANA's
 * registry of special purposes is taken away, for IPv6 nothing but 2000::/3 is left, less its special ranges.
 */
export function isPublic(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed instanceof ipaddr.IPv4) return !metadataServers.includes(address);
  // ipaddr.js calls everything unicast that it has no name for: ::127.0.0.1, which is IPv4 in disguise, among others.
  return parsed.match(globalUnicast) && !isIsatap(parsed);
}

/** RFC 5214 6.1: the last 64 bits are 0000:5efe or 0200:5efe and then an IPv4 address, to which a router unwraps it. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  const [high = 0, low = 0] = parts.slice(4, 6);
  return (high === 0 || high === 0x0200) && low === 0x5efe;
}
