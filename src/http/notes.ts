import { type IncomingMessage } from 'node:http';
import { type ContentType } from 'content-type';
import { type BodyPace } from './body-pace.js';
import { type Identity } from './identity.js';

/** What the steps of a request have found out about it, for those that come after them. */
export interface Notes {
  /** X-Request-Id. */
  requestId?: string;
  /** The id of the contract row that answers. */
  operation?: string;
  /** Who calls. */
  identity?: Identity;
  contentType?: ContentType;
  /** How slowly its body may come. */
  pace?: BodyPace;
}

/** One for all of it: the garbage collector looks at each entry of such a map. */
const notes = new WeakMap<IncomingMessage, Notes>();

export function notesOf(request: IncomingMessage): Notes {
  const known = notes.get(request);
  if (known !== undefined) return known;
  const empty: Notes = {};
  notes.set(request, empty);
  return empty;
}
