import { type Representation } from './contract.js';
import { etagOf } from './etag.js';
import { mediaTypes, typesOf } from './negotiation.js';
import { xmlOf } from './xml-out.js';
import { renderXml } from './xml-out.js';

/** The text of a resource's JSON, XML or HTML form. */
export function render<T extends object>(representation: Representation<T>, view: T, mediaType: string): string {
  switch (mediaType) {
    case mediaTypes.xml:
      return renderXml(representation.toXml?.(view) ?? xmlOf(representation.element, view));
    case mediaTypes.html:
      return representation.toHtml?.(view) ?? '';
    default:
      return JSON.stringify(view);
  }
}

/** The entity tags of all forms of a resource: a client may hold any of them when it says If-Match. */
export function etagsOf<T extends object>(representation: Representation<T>, view: T): string[] {
  return typesOf(representation, 'json').map((mediaType) => etagOf(render(representation, view, mediaType)));
}
