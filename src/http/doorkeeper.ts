import { type Request } from 'express';
import { Problem } from '../problems.js';
import { countFailure } from './caller-limits.js';
import { insufficientScope, unauthenticated } from './challenge.js';
import { type Row, scopeOf } from './contract.js';
import { identify, type Identity } from './identity.js';
import { httpSettings } from './settings.js';

/** Knows callers by what they show. */
export interface Doorkeeper {
  /**
   * @returns undefined where nothing was shown that could let anybody in
   * @throws Problem 401 where it is not valid; 403 and 421 where no key is asked for and this is no caller of this machine
   */
  callerOf(request: Request): Promise<Identity | undefined>;
}

/** Before anything else of the row: whoever is not let in learns nothing of what there is. From then on the request has its caller. */
export async function admit(operation: Row, request: Request): Promise<void> {
  const scope = scopeOf(operation);
  if (scope === undefined) return;
  const caller = await shownBy(request);
  if (caller === undefined) throw unauthenticated(tokensInUri(request));
  if (!caller.scopes.includes(scope)) throw insufficientScope(scope);
  identify(request, caller);
}

/** Who calls, by what the request shows. What is wrong is counted. @throws Problem 401, 403, 421, 429 */
export async function shownBy(request: Request): Promise<Identity | undefined> {
  try {
    return await httpSettings(request.app).doorkeeper.callerOf(request);
  } catch (error) {
    if (error instanceof Problem && error.slug === 'unauthenticated') countFailure(request);
    throw error;
  }
}

/** Whether who was let in would be again: a key may be revoked, and a token end, while an answer goes on. Trouble is no refusal. */
export async function isStillLetIn(request: Request): Promise<boolean> {
  try {
    return (await httpSettings(request.app).doorkeeper.callerOf(request)) !== undefined;
  } catch (error) {
    return !(error instanceof Problem && error.slug === 'unauthenticated');
  }
}

/** RFC 6750 5.3: URIs end up in logs and histories. */
function tokensInUri({ query }: Request): { parameter: string; detail: string }[] | undefined {
  if (!('access_token' in query)) return undefined;
  return [{ parameter: 'access_token', detail: 'a key in a URI is not taken, and should be revoked: URIs are logged' }];
}
