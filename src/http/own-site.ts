import { type Request } from 'express';
import { Problem } from '../problems.js';
import { isLoopback } from './loopback.js';
import { httpSettings } from './settings.js';

// Where a browser is let in for what it is, or with a password that it adds to each request by itself, any page could have it
// send requests. What a browser says of where they come from is believed: pages cannot change these fields.

/** @throws Problem 421 where the Host is a name that a stranger may have led here (DNS rebinding) */
export function requireOwnHost(request: Request): void {
  const { host } = request.headers;
  if (host === undefined || isLoopback(host.replace(/:\d+$/, ''))) return;
  // Without a name, or with one that is none, there is nothing to be led by: originOf refuses that.
  if (!URL.canParse(`http://${host}`)) return;
  const { hostname } = new URL(`http://${host}`);
  const { publicUrl } = httpSettings(request.app);
  if (isLoopback(hostname) || (publicUrl !== undefined && hostname === new URL(publicUrl).hostname)) return;
  throw new Problem('misdirected-request', {
    errors: [{ header: 'Host', detail: 'localhost, an address of this machine, or the host of PUBLIC_URL' }],
  });
}

/** @throws Problem 403 where a page of another site has the browser send this (Fetch Metadata 2.1; RFC 6454 7) */
export function requireOwnSite(request: Request): void {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const isOwn = site === 'same-origin' || site === 'none';
  if (site !== undefined && !isOwn && !isVisit(request)) throw crossSite('Sec-Fetch-Site', 'same-origin, or none');
  // An opaque origin is what a page has that tells nobody where it comes from; the browser itself tells all the same.
  if (origin === undefined || (origin === 'null' && isOwn)) return;
  if (!ownOrigins(request).includes(origin)) throw crossSite('Origin', 'the origin of this service');
}

/** Somebody follows a link: they see the page, and the page that led here does not. */
function isVisit({ method, headers }: Request): boolean {
  const [mode, destination] = [headers['sec-fetch-mode'], headers['sec-fetch-dest']];
  return (method === 'GET' || method === 'HEAD') && mode === 'navigate' && destination === 'document';
}

function ownOrigins({ app, protocol, headers: { host } }: Request): string[] {
  const { publicUrl } = httpSettings(app);
  return [
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).origin]),
    ...(host === undefined ? [] : [`${protocol}://${host}`]),
  ];
}

function crossSite(header: string, detail: string): Problem {
  return new Problem('cross-site-request', { errors: [{ header, detail }] });
}
