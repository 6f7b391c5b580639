/** RFC 9110 11.1: the scheme in any case. */
const scheme = /^basic(?: |$)/i;

/**
 * The password of Basic credentials (RFC 7617 2): a key that a browser has asked its user for. The user-id may be any; a key in its
 * place will do where the password is empty.
 * @returns undefined where the field is absent or of another scheme, an empty text where what follows `Basic` has no password
 */
export function basicPassword(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !scheme.test(authorization)) return undefined;
  const credentials = Buffer.from(authorization.slice('basic '.length).trim(), 'base64').toString();
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(credentials) ?? [];
  return password === '' ? user : password;
}
