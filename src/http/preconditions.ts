import { type IncomingHttpHeaders } from 'node:http';
import { isSafeMethod } from './methods.js';
import { httpDate } from './time.js';

/** What a resource is now. No tags: it has no current representation. */
export interface Current {
  /** Strong entity tags, with their quotes, of all current representations. */
  etags: readonly string[];
  lastModified?: Date;
}

export type Verdict = 'proceed' | 'not-modified' | 'failed';

/**
 * Evaluates preconditions in the order of RFC 9110 13.2.2. The caller asks only where the answer without them would be
 * 2xx or 412 (13.2.1). If-Range (step 5) belongs to the ranges: see content.ts.
 */
export function evaluate(method: string, headers: IncomingHttpHeaders, current: Current): Verdict {
  // RFC 10008 2.6: of a QUERY, its result is the selected representation.
  const safe = isSafeMethod(method);
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  // 1. and 2.: If-Unmodified-Since is ignored where If-Match is there.
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, current.etags, strong)) return 'failed';
  } else if (modifiedSince(headers['if-unmodified-since'], current.lastModified) === true) {
    return 'failed';
  }
  // 3. and 4.: If-Modified-Since is ignored where If-None-Match is there, and for any method but GET and HEAD.
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, current.etags, weak)) return safe ? 'not-modified' : 'failed';
  } else if (safe && modifiedSince(headers['if-modified-since'], current.lastModified) === false) {
    return 'not-modified';
  }
  return 'proceed';
}

type Comparison = (candidate: string, etag: string) => boolean;
/** RFC 9110 8.8.3.2 */
const strong: Comparison = (candidate, etag) => candidate === etag && !candidate.startsWith('W/');
const weak: Comparison = (candidate, etag) => opaque(candidate) === opaque(etag);
const opaque = (tag: string): string => (tag.startsWith('W/') ? tag.slice(2) : tag);

const entityTag = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/** `*` holds where any current representation exists (RFC 9110 13.1.1, 13.1.2). */
function matches(field: string, etags: readonly string[], same: Comparison): boolean {
  if (field.trim() === '*') return etags.length > 0;
  const candidates = field.match(entityTag) ?? [];
  return candidates.some((candidate) => etags.some((etag) => same(candidate, etag)));
}

/** undefined where the field is absent, not an HTTP date, or the resource has no date: it is then ignored. */
function modifiedSince(field: string | undefined, lastModified: Date | undefined): boolean | undefined {
  if (field === undefined || lastModified === undefined) return undefined;
  const since = httpDate(field);
  return since && Math.floor(lastModified.getTime() / 1000) > since.getTime() / 1000;
}
