import { type IncomingMessage } from 'node:http';
import { Problem } from '../problems.js';

/**
 * The SHA-256 that the client says its content has, hexadecimal (RFC 9530 2, 3): Content-Digest, or Repr-Digest, which
 * is the same while no content coding is taken. Other algorithms are ignored (RFC 9530 5).
 */
export function statedDigest(request: IncomingMessage): string | undefined {
  for (const name of ['content-digest', 'repr-digest']) {
    const field = request.headers[name];
    const base64 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(String(field ?? ''))?.[1];
    if (base64 !== undefined) return Buffer.from(base64, 'base64').toString('hex');
  }
  return undefined;
}

export function requireDigest(request: IncomingMessage, digest: string): void {
  const stated = statedDigest(request);
  if (stated === undefined || stated === digest) return;
  throw new Problem('digest-mismatch', {
    detail: `The header states ${stated}, the bytes that arrived have ${digest}.`,
  });
}
