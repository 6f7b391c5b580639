import { Problem } from '../problems.js';

/**
 * The refusal of one member, for what its schema cannot say.
 * @param pointer where it is (RFC 6901); the empty one is the whole body, of which the detail speaks by itself
 * @param detail what is wrong with it, without a full stop
 * @param expected what would be right, where that is something else to say
 */
export function invalidMember(pointer: string, detail: string, expected = detail): Problem {
  const place = pointer === '' ? '' : `${pointer}: `;
  return new Problem('invalid-member', { detail: `${place}${detail}.`, errors: [{ pointer, detail: expected }] });
}
