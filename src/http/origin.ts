import { type Request } from 'express';
import { Problem } from '../problems.js';
import { httpSettings } from './settings.js';

const authority = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i;

/** Origin of the links in an answer: PUBLIC_URL, else the origin that the request came to. */
export function originOf(request: Request): string {
  const { publicUrl } = httpSettings(request.app);
  if (publicUrl !== undefined) return publicUrl;
  const host =
    request.headers.host ?? `${request.socket.localAddress ?? 'localhost'}:${request.socket.localPort ?? 80}`;
  const origin = `http://${host}`;
  if (!authority.test(host) || !URL.canParse(origin)) {
    throw new Problem('malformed-request', { errors: [{ header: 'Host', detail: 'a host and a port' }] });
  }
  return origin;
}
