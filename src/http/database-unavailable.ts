import { Problem } from '../problems.js';

/** It is asked for again and again, and is back as soon as it answers. */
export function databaseUnavailable(cause?: unknown): Problem {
  return new Problem('database-unavailable', { headers: { 'Retry-After': '5' }, cause });
}
