import { type Reply } from '../support/client.js';
import { told } from './check.js';

/** An answer and its challenge (RFC 6750 3). */
export const challenged = (reply: Reply): string =>
  `${told(reply)}, ${String(reply.headers['www-authenticate'] ?? 'no challenge')}`;

/** How a program is asked for a key. */
export const asked = '401 unauthenticated, Bearer realm="darkroom"';
