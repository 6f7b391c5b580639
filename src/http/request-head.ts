import { type NextFunction, type Request, type Response } from 'express';
import { Problem } from '../problems.js';

/** RFC 9112 3 asks for 8,000 octets of a request line at least. */
export const uriCharactersMax = 8_000;

/** Header fields of one request: a browser behind three proxies sends about forty. */
export const headerFieldsMax = 100;

/** What the head of a request says wrong whatever it asks for. @throws Problem 400, 414, 431 */
export function refuseOddHead(
  { originalUrl, rawHeaders, httpVersion }: Request,
  _: Response,
  next: NextFunction,
): void {
  if (originalUrl.length > uriCharactersMax) {
    throw new Problem('uri-too-long', { detail: `At most ${uriCharactersMax} characters are taken.` });
  }
  // Names and values in turn.
  const names = rawHeaders.filter((_text, index) => index % 2 === 0);
  if (names.length > headerFieldsMax) {
    throw new Problem('headers-too-large', { detail: `At most ${headerFieldsMax} header fields are taken.` });
  }
  const hosts = timesOf('host', names);
  // RFC 9112 3.2: of HTTP/1.1 exactly one. Node takes the first of several.
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) {
    throw new Problem('malformed-request', { errors: [{ header: 'Host', detail: 'exactly one is expected' }] });
  }
  // RFC 9110 5.3: it is no list. Node takes the first, and a proxy may have looked at another.
  if (timesOf('authorization', names) > 1) {
    throw new Problem('malformed-request', {
      errors: [{ header: 'Authorization', detail: 'one at most is expected' }],
    });
  }
  next();
}

/** @param field in small letters */
function timesOf(field: string, names: string[]): number {
  return names.filter((name) => name.length === field.length && name.toLowerCase() === field).length;
}

/** Whether what was too long for a header is the request line alone, as far as the packet shows that it came in. */
export function isLongRequestLine(packet: Buffer | undefined): boolean {
  if (packet === undefined || !/^[A-Z]{3,20} /.test(packet.toString('latin1', 0, 24))) return false;
  const end = packet.indexOf('\r\n');
  return end < 0 || end > uriCharactersMax;
}
