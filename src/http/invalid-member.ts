import { Problem } from '../problems.js';

/**
 * The refusal of one member, for what its schema cannot say.
 * @param pointer where it is (RFC 6901)
 * @param detail what is wrong with it, without a full stop
 * @param expected what would be right, where that is something else to say
 */
export function invalidMember(pointer: string, detail: string, expected = detail): Problem {
  return new Problem('invalid-member', { detail: `${pointer}: ${detail}.`, errors: [{ pointer, detail: expected }] });
}
