import { type Request, type Response } from 'express';
import { Problem } from '../problems.js';
import { callerOf, type Identity, identityOf } from './identity.js';
import { httpSettings } from './settings.js';

/** What a caller has left of the requests that it may send. */
export interface Rate {
  readonly allowed: boolean;
  readonly policy: { readonly quota: number; readonly seconds: number };
  readonly remaining: number;
  /** Until all of the quota is there again, seconds. */
  readonly resetSeconds: number;
  /** Until the next is allowed, seconds. */
  readonly againSeconds: number;
}

/** What one caller may ask of this process. */
export interface CallerLimits {
  /** Counts a request. @param caller undefined: nobody says who calls. @returns undefined where they are not counted */
  takeRequest(caller: Identity | undefined, address: string): Rate | undefined;
  /** Counts an authentication that has failed. */
  takeFailure(address: string): Rate;
  /** @returns what gives the place back; or whose places are taken, the owner's own or all that there are */
  enterStream(owner: string): 'ofOwner' | 'ofAll' | (() => void);
}

/** What tells where a request comes from. */
type Client = Pick<Request, 'app' | 'ip'>;

/** Counts a request, and says what its caller has left (draft-ietf-httpapi-ratelimit-headers). @throws Problem 429 */
export function countRequest(request: Request, response: Response): void {
  const rate = httpSettings(request.app).limits.takeRequest(callerOf(request), addressOf(request));
  if (rate === undefined) return;
  const { quota, seconds } = rate.policy;
  response.setHeader('RateLimit-Policy', `"requests";q=${quota};w=${seconds}`);
  response.setHeader('RateLimit', `"requests";r=${rate.remaining};t=${rate.resetSeconds}`);
  if (!rate.allowed) throw tooMany('requests', rate, `${quota} requests in ${seconds} s are taken.`);
}

/** Credentials of this client were wrong. @throws Problem 429 where too many were; those that are good are taken all the same */
export function countFailure(request: Client): void {
  const rate = httpSettings(request.app).limits.takeFailure(addressOf(request));
  if (!rate.allowed) throw tooMany('failures', rate, 'Too many credentials from this address were wrong.');
}

/** @returns what gives the place back. @throws Problem 429, 503 */
export function enterStream(request: Request): () => void {
  const entered = httpSettings(request.app).limits.enterStream(identityOf(request).owner);
  if (typeof entered === 'function') return entered;
  const slug = entered === 'ofOwner' ? 'too-many-streams' : 'service-streams-full';
  throw new Problem(slug, { headers: { 'Retry-After': '30' } });
}

function tooMany(policy: string, { againSeconds }: Rate, detail: string): Problem {
  return new Problem('too-many-requests', {
    detail,
    // The draft's member, for whoever has more than one policy to keep.
    members: { 'violated-policies': [policy] },
    headers: { 'Retry-After': String(againSeconds) },
  });
}

/** The client, as the proxies that are trusted have seen it. */
function addressOf(request: Client): string {
  return request.ip ?? '';
}
