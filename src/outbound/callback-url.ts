import { isIP } from 'node:net';
import { isPublic } from './addresses.js';

export type PrivateAddresses = 'refuse' | 'allow';

const urlCharactersMax = 2_048;

/** Fetch, "port blocking": whoever listens there would take a request for a command of its own protocol. */
const portsOfOtherProtocols = [
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/**
 * Databases and caches, which browsers need not fear and a server's neighbours do: SQL Server, Oracle, MySQL,
 * PostgreSQL, Redis (a body of lines is a list of commands to it), Cassandra, Elasticsearch, memcached, MongoDB.
 */
const portsOfDatabases = [1433, 1521, 3306, 5432, 6379, 9042, 9200, 9300, 11211, 27017];

const portsRefused = new Set([...portsOfOtherProtocols, ...portsOfDatabases].map(String));

/** Names that never mean a host of the public internet: RFC 6761 6.3, RFC 6762 3, RFC 8375, ICANN's .internal. */
const privateNames = /(^|\.)(localhost|local|internal|home\.arpa)$/;

/**
 * What is wrong with a URL that is to be called, as a sentence for people, as far as it can be known without the
 * network; undefined where nothing is. What a name resolves to is not known here: that is judged at each call.
 */
export function faultOfUrl(url: string, privateAddresses: PrivateAddresses): string | undefined {
  if (url.length > urlCharactersMax) return `A URL has at most ${urlCharactersMax} characters, and this ${url.length}.`;
  const parsed = URL.parse(url);
  if (parsed === null) return 'This is not an absolute URL.';
  return faultOfParts(parsed) ?? (privateAddresses === 'refuse' ? faultOfHost(parsed.hostname) : undefined);
}

/** The address itself where a URL's host is one, without the brackets of IPv6; or the name. */
export function hostOf({ hostname }: Pick<URL, 'hostname'>): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function faultOfParts({ protocol, username, password, port }: URL): string | undefined {
  if (protocol !== 'http:' && protocol !== 'https:') return 'Only http and https URLs are called.';
  if (username !== '' || password !== '') return 'A URL with a user name or a password in it is not called.';
  if (portsRefused.has(port)) return `Port ${port} is not called: what listens there speaks another protocol.`;
  return undefined;
}

/** The URL parser has made every spelling of an IPv4 address into its plain one: 0x7f.1, 2130706433, １２７.1. */
function faultOfHost(hostname: string): string | undefined {
  const host = hostOf({ hostname }).replace(/\.$/, '');
  const isOnTheInternet = isIP(host) === 0 ? host.includes('.') && !privateNames.test(host) : isPublic(host);
  return isOnTheInternet ? undefined : 'The host is not one of the public internet.';
}
