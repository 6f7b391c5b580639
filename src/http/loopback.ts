/** RFC 6761 6.3, RFC 1122 3.2.1.3, RFC 4291 2.5.3: names and addresses that lead to this machine wherever they are asked for. */
const thisMachine = /^(localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/** @param host a name or an address, IPv6 with or without its brackets; no port */
export function isLoopback(host: string): boolean {
  return thisMachine.test(host);
}
