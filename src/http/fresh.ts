import { type IncomingMessage } from 'node:http';

/** RFC 9111 5.2.1.4: `no-cache` among the directives of Cache-Control. Whether a quoted argument spells it does not count. */
export function asksForFresh({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const bare = (headers['cache-control'] ?? '').replaceAll(/"(?:[^"\\]|\\.)*"?/g, '""');
  return bare.split(',').some((directive) => directive.trim().toLowerCase() === 'no-cache');
}
