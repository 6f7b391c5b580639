import { type IncomingMessage } from 'node:http';
import { parse, type ContentType } from 'content-type';
import { type Speech } from './contract.js';
import { notesOf } from './notes.js';
import { spokenBy } from './negotiation.js';

/** Media type in lower case with its parameters; undefined where there is no Content-Type. Parsed once a request. */
export function contentTypeOf(request: IncomingMessage): ContentType | undefined {
  const field = request.headers['content-type'];
  if (field === undefined) return undefined;
  return (notesOf(request).contentType ??= lowered(parse(field)));
}

const lowered = ({ type, ...more }: ContentType): ContentType => ({ ...more, type: type.toLowerCase() });

/** JSON or XML, as the request's content is. What a GET or HEAD says of content that it does not have chooses nothing. */
export function speechOf(request: IncomingMessage): Speech {
  const safe = request.method === 'GET' || request.method === 'HEAD';
  return safe ? 'json' : spokenBy(contentTypeOf(request)?.type);
}
