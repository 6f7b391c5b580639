import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';

/** Field name → value. */
export type Fields = ReadonlyMap<string, string>;

/** An answer that is no page shows nothing, runs nothing, and stands in nobody's frame. */
const nothing = { 'default-src': ["'none'"], 'base-uri': ["'none'"], 'frame-ancestors': ["'none'"] };

/**
 * What every answer says to browsers, whatever it is: pages, content and Swagger UI have a policy of their own in place of this
 * one's.
 * @param https whether this service is reached by https alone: a browser then never tries anything else (RFC 6797)
 */
export function securityFields({ https }: { https: boolean }): Fields {
  const apply = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: nothing },
    // Within this origin the way back is known; with no-referrer a form would be sent with `Origin: null`.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: https && { maxAge: 365 * 24 * 60 * 60, includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
    // Hints, and words for browsers that are no more: every answer would be the longer for them.
    originAgentCluster: false,
    xXssProtection: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xDnsPrefetchControl: false,
  });
  // They are the same each time: put together once, not with each answer.
  const answer = new ServerResponse(new IncomingMessage(new Socket()));
  apply(answer.req, answer, () => undefined);
  return new Map(Object.entries(answer.getHeaders()).map(([name, value]) => [spelled(name), String(value)]));
}

/** Node gives names in small letters. */
const spelled = (name: string): string => name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

/** Sets them on every answer that Express gives. */
export function secure(fields: Fields) {
  return (_request: Request, response: Response, next: NextFunction): void => {
    for (const [name, value] of fields) response.setHeader(name, value);
    next();
  };
}
