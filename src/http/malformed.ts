import { Problem } from '../problems.js';

/** The body breaks the rules of its own media type; `detail` says where. */
export function malformed(detail: string, cause?: unknown): Problem {
  return new Problem('malformed-body', { detail, cause });
}
