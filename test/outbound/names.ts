import { isIP } from 'node:net';
import { type Lookup } from '../../src/outbound/destination.js';

/** Names that are refused as they read, and what they resolve to where somebody asks all the same. */
export const privateNames: Record<string, string[]> = {
  localhost: ['127.0.0.1', '::1'],
  LOCALHOST: ['127.0.0.1'],
  'localhost.': ['127.0.0.1'],
  'app.localhost': ['127.0.0.1'],
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ': ['127.0.0.1'],
  'printer.local': ['192.168.1.20'],
  'metadata.google.internal': ['169.254.169.254'],
  'host.docker.internal': ['172.17.0.1'],
  'nas.home.arpa': ['fd00::2'],
  redis: ['172.18.0.2'],
  'kubernetes.': ['10.96.0.1'],
};

/** Names that read like any other, and what they resolve to. One private address among many spoils them all. */
export const misleadingNames: Record<string, string[]> = {
  'localtest.me': ['127.0.0.1', '::1'],
  '127.0.0.1.nip.io': ['127.0.0.1'],
  'spoofed.burpcollaborator.net': ['127.0.0.1'],
  'zero.example': ['0.0.0.0'],
  'metadata.example': ['169.254.169.254'],
  'kubernetes.default.svc': ['10.96.0.1'],
  'last-is-private.example': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '192.168.1.1'],
  'first-is-private.example': ['127.0.0.1', '93.184.215.14'],
  'six-is-private.example': ['93.184.215.14', '::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'compatible.example': ['::127.0.0.1'],
  'nat64.example': ['64:ff9b::7f00:1'],
  'scoped.example': ['fe80::1%lo'],
  'odd-spelling.example': ['0x7f.1'],
  'no-address.example': ['not an address'],
};

/** The answers of a name server that says to each name what it is told to; each name may change from look-up to look-up. */
export class Names {
  /** The names that were asked for, in their order. */
  readonly asked: string[] = [];

  /** For each name the addresses of the first look-up, of the second and so on; the last stays. */
  constructor(private readonly answers: Record<string, string[][]>) {}

  readonly lookup: Lookup = (name) => {
    const answers = this.answers[name] ?? [];
    const before = this.asked.filter((other) => other === name).length;
    this.asked.push(name);
    const addresses = answers[Math.min(before, answers.length - 1)];
    if (addresses === undefined) return Promise.reject(notFound(name));
    return Promise.resolve(addresses.map((address) => ({ address, family: isIP(address) })));
  };
}

function notFound(name: string): Error {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
}
