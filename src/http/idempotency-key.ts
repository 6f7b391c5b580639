import { type IncomingMessage } from 'node:http';
import { Problem } from '../problems.js';

/**
 * The key of a POST that may be repeated (draft-ietf-httpapi-idempotency-key-header): a structured-field string, which
 * most clients send bare. Both mean the same key.
 * @throws Problem 400 where it is neither
 */
export function idempotencyKeyOf(request: IncomingMessage): string | undefined {
  const field = request.headers['idempotency-key'];
  if (field === undefined) return undefined;
  const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"$/.exec(String(field))?.[1];
  const bare = /^[A-Za-z0-9._~:/+=-]{1,255}$/.exec(String(field))?.[0];
  const key = quoted?.replaceAll(/\\(.)/g, '$1') ?? bare;
  if (key === undefined) {
    throw new Problem('malformed-request', {
      detail: 'Idempotency-Key is a string of 1 to 255 characters, such as "8e03978e-40d5-43dd-bc93-6894a57f9324".',
      errors: [{ header: 'Idempotency-Key', detail: 'a quoted string, or letters, digits and . _ ~ : / + = -' }],
    });
  }
  return key;
}
