import { randomUUIDv7 } from 'node:crypto';
import { type Reply } from './client.js';

export const anyId = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** The same request with ids of nothing. What is left out of JSON is left out here. */
export function elsewhere<Request extends object>(request: Request): Request {
  const others = new Map<string, string>();
  const text = JSON.stringify(request).replaceAll(anyId, (id) => {
    if (!others.has(id)) others.set(id, randomUUIDv7());
    return others.get(id) ?? '';
  });
  return JSON.parse(text) as Request;
}

/** All there is in an answer but ids, when it was given, and to which request: two that are equal tell nobody anything. */
export function alike({ status, headers, text }: Reply): unknown {
  const ofRequest = /^(date|server-timing|(x-)?request-id|ratelimit.*)$/;
  const fields = Object.entries(headers).filter(([name]) => !ofRequest.test(name));
  return JSON.parse(JSON.stringify({ status, fields, text }).replaceAll(anyId, 'an id'));
}
