import { type Fault, Problem } from '../problems.js';
import { type Scope } from './identity.js';

/** RFC 9110 11.6.1 and RFC 6750 3: how to be let in, or what was wrong with the attempt. */
function challenge(parameters: Record<string, string>): Record<string, string> {
  const fields = Object.entries({ realm: 'darkroom', ...parameters }).map(([name, value]) => `${name}="${value}"`);
  return { 'WWW-Authenticate': `Bearer ${fields.join(', ')}` };
}

const basicChallenge = 'Basic realm="darkroom: any user name, and a key as the password", charset="UTF-8"';

/**
 * The challenges of a page, where the problem has one: a browser then asks its user for a key (RFC 7617); a program is not to be
 * asked for a password. Each in a field line of its own: Chromium reads one a line.
 */
export function challengesOfPage({ status, headers }: Problem): string[] | undefined {
  const bearer = headers['WWW-Authenticate'];
  return status === 401 && bearer !== undefined ? [bearer, basicChallenge] : undefined;
}

/** Nothing was shown that could let anybody in: RFC 6750 3.1 has no error code for that. */
export function unauthenticated(errors?: Fault[]): Problem {
  return new Problem('unauthenticated', {
    detail: 'No key came with the request: send Authorization: Bearer and the key.',
    headers: challenge({}),
    ...(errors === undefined ? {} : { errors }),
  });
}

/** @param what is wrong with the token, in a sentence without quotes: it is told in a quoted string */
export function invalidToken(what: string): Problem {
  return new Problem('unauthenticated', {
    detail: what,
    headers: challenge({ error: 'invalid_token', error_description: what }),
    errors: [{ header: 'Authorization', detail: what }],
  });
}

export function insufficientScope(scope: Scope): Problem {
  return new Problem('insufficient-scope', {
    detail: `This needs the scope ${scope}, which your key does not have.`,
    headers: challenge({ error: 'insufficient_scope', scope }),
    members: { scope },
  });
}
