import { type Request } from 'express';
import { Problem } from '../problems.js';
import { methodsOf } from './rows.js';

/** 405 with Allow where the path knows other methods (RFC 9110 15.5.6), else 404. */
export function nothingHere(request: Request): Problem {
  const methods = methodsOf(request.path);
  if (methods.length === 0 || methods.includes(request.method)) return new Problem('not-found');
  return new Problem('method-not-allowed', {
    detail: `${request.path} takes ${methods.join(', ')}.`,
    headers: { Allow: methods.join(', ') },
  });
}
