import { type IncomingMessage } from 'node:http';
import Negotiator from 'negotiator';
import { Problem } from '../problems.js';
import { type Representation, type Speech } from './contract.js';

export const mediaTypes = {
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html',
  events: 'text/event-stream',
} as const;

/**
 * The media type to answer with (RFC 9110 12.5.1).
 * @param available in the order that the server prefers where the client leaves it open
 * @throws Problem 406, which names what there is
 */
export function negotiate(request: IncomingMessage, available: readonly string[]): string {
  // JSON and XML are UTF-8 here whatever is asked: a charset parameter excludes nothing.
  const accept = request.headers.accept?.replaceAll(/;\s*charset=[^;,]*/gi, '').trim();
  const first = available[0];
  // The usual cases of a client without a preference, without parsing.
  if (first !== undefined && (!accept || accept === '*/*' || accept === first)) return first;
  const chosen = new Negotiator({ headers: { accept } }).mediaType(available);
  if (chosen === undefined) {
    throw new Problem('not-acceptable', {
      detail: `Accept: ${accept ?? ''} leaves nothing to answer with. There is ${available.join(', ')}.`,
      members: { available },
    });
  }
  return chosen;
}

/** The forms of a representation in the order of preference: what was spoken comes first, an Accept header decides. */
export function typesOf(representation: Representation, speech: Speech): string[] {
  const { json, xml, html } = mediaTypes;
  return [...(speech === 'xml' ? [xml, json] : [json, xml]), ...(representation.toHtml ? [html] : [])];
}

/** The language of the request's body: a caller that sends XML is answered in XML unless its Accept says otherwise. */
export function spokenBy(mediaType: string | undefined): Speech {
  return mediaType !== undefined && /^(application|text)\/(xml|.+\+xml)$/.test(mediaType) ? 'xml' : 'json';
}
