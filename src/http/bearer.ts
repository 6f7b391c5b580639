/** RFC 6750 2.1; RFC 9110 11.1: the scheme in any case. */
const scheme = /^bearer(?: |$)/i;

/** RFC 9110 11.2: token68, of which RFC 6750 makes its b64token. */
const token68 = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * The token of an Authorization field.
 * @returns undefined where it is absent or of another scheme, an empty text where what follows `Bearer` is no token
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !scheme.test(authorization)) return undefined;
  const token = authorization.slice('bearer '.length).trim();
  return token68.test(token) ? token : '';
}
