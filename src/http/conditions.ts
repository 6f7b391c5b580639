import { type Request, type Response } from 'express';
import { Problem } from '../problems.js';
import { evaluate } from './preconditions.js';

/**
 * Decides whether a GET's or HEAD's answer is wanted, and sends 304 where it is not. RFC 9110 13.2.1: to be asked only where the
 * answer would be 2xx.
 * @throws Problem 412
 */
export function isWanted(request: Request, response: Response, etag: string, lastModified?: Date): boolean {
  const current = { etags: [etag], ...(lastModified === undefined ? {} : { lastModified }) };
  const verdict = evaluate(request.method, request.headers, current);
  if (verdict === 'failed') throw new Problem('precondition-failed', { headers: { ETag: etag } });
  if (verdict === 'not-modified') response.status(304).end();
  return verdict === 'proceed';
}
