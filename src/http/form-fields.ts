import { firstRepeated } from './first-repeated.js';
import { refuseUnusable } from './json.js';
import { malformed } from './malformed.js';

/** What a browser sends of a form without a file. */
export const formType = 'application/x-www-form-urlencoded';

/** One entry of a form, in the order of the page. A name may come more than once. */
export type FormField = readonly [name: string, value: string];

/** Of one form, however it is sent. More than a form of ours has, and few enough for whatever looks at them. */
export const fieldsMax = 200;

/** WHATWG URL 5.1, but what is no UTF-8 is refused and not replaced. */
export function parseFormFields(text: string): FormField[] {
  const pairs = text.split('&').filter((pair) => pair !== '');
  if (pairs.length > fieldsMax) throw malformed(`The form has more than ${fieldsMax} fields.`);
  return pairs.map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [decoded(name), inLines(decoded(value.join('=')))];
  });
}

/** As an object: an empty field is one that was left out. @throws Problem 400 where a name comes twice */
export function fieldsAsObject(fields: readonly FormField[]): Record<string, string> {
  const filled = fields.filter(([, value]) => value !== '');
  const names = filled.map(([name]) => name);
  const repeated = firstRepeated(names);
  if (repeated !== undefined) throw malformed(`The form has more than one ${repeated}.`);
  // Own properties, whatever they are called; those that would be dangerous are refused by name.
  const object = Object.fromEntries(filled);
  refuseUnusable(object);
  return object;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw malformed('A field of the form is not percent-encoded UTF-8.', cause);
  }
}

/** Forms are sent with CR LF (WHATWG HTML 4.10.22.4), whatever the text had. */
function inLines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
