import { hash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { type Identity, type Scope, scopes } from '../http/identity.js';
import { Problem } from '../problems.js';
import { Recent } from './recent.js';

/** An issuer's keys are public: with a symmetric algorithm (RFC 8725 2.1), or none, anybody could sign. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/** Clocks of two machines differ by so much, s. */
const clockTolerance = 5;

/** So long a token that was verified is taken again without its signature being computed again, ms. */
const verifiedMs = 5_000;
const verifiedMax = 1_000;

/** OpenID Connect Core 1.0, 2: at most 255 ASCII characters. */
const subjectFormat = /^[\x20-\x7e]{1,255}$/;

/** Who a token speaks for, or what is wrong with it. */
type Found = { identity: Identity } | { wrong: string };

/** Tokens of an OpenID Connect issuer (RFC 9068, RFC 7519, RFC 8725). */
export class IssuerTokens {
  private readonly logger = new Logger('access');
  private readonly verified = new Recent<Found>(verifiedMs, verifiedMax);

  constructor(
    private readonly issuer: string,
    private readonly audience: string,
    private readonly keys: JWTVerifyGetKey,
  ) {}

  /** @throws Problem 503 where the issuer's keys cannot be read */
  verify(token: string): Promise<Found> {
    return this.verified.of(hash('sha256', token), performance.now(), () => this.examine(token));
  }

  private async examine(token: string): Promise<Found> {
    try {
      const { payload } = await jwtVerify(token, (header, input) => this.keyFor(header, input), {
        ...{ algorithms, clockTolerance, issuer: this.issuer, audience: this.audience },
        requiredClaims: ['sub', 'exp'],
      });
      return identityIn(payload, this.issuer);
    } catch (error) {
      if (error instanceof Problem) throw error;
      return { wrong: whatIsWrong(error) };
    }
  }

  /** That a key is not among the issuer's is the token's fault; that they cannot be read is not. */
  private async keyFor(...asked: Parameters<JWTVerifyGetKey>) {
    try {
      return await this.keys(...asked);
    } catch (error) {
      if (ofToken.some((type) => error instanceof type)) throw error;
      this.logger.warn(`the keys of ${this.issuer} cannot be read: ${error instanceof Error ? error.message : ''}`);
      throw new Problem('issuer-unavailable', { headers: { 'Retry-After': '2' }, cause: error });
    }
  }
}

const ofToken = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/** An owner that no key can have, for it has the issuer's colon and slashes: who is the same is told by `iss` and `sub` together. */
function identityIn({ sub, ...claims }: JWTPayload, issuer: string): Found {
  if (typeof sub !== 'string' || !subjectFormat.test(sub)) return { wrong: 'The token has no subject (sub).' };
  return { identity: { owner: `${issuer}#${sub}`, scopes: scopesIn(claims) } };
}

/** `scope` is a list with spaces (RFC 8693 4.2); some issuers have `scp`, a list of either kind. Those of others are left aside. */
function scopesIn(claims: Record<string, unknown>): Scope[] {
  const named: unknown[] = ['scope', 'scp'].flatMap((name): unknown => {
    const claim = claims[name];
    return typeof claim === 'string' ? claim.split(' ') : claim;
  });
  return scopes.filter((scope) => named.includes(scope));
}

/** In words of ours: a token's own would be told back to whoever made it. */
function whatIsWrong(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWKSNoMatchingKey) return 'The token is signed with a key that its issuer does not have.';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The token is signed with an algorithm that is not taken.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    const claim = ['iss', 'aud', 'sub', 'exp', 'nbf', 'iat'].find((name) => name === error.claim);
    return `The token is not for here and now${claim === undefined ? '' : `: its ${claim} does not hold`}.`;
  }
  return 'The token cannot be verified.';
}
