import { type IncomingMessage } from 'node:http';

/** The preferences that any operation here knows; its row says which it honours. */
export type Preference = 'wait' | 'respond-async' | 'return';

/** What a client would like (RFC 7240). Anything else in the field is ignored, as the RFC asks. */
export interface Preferences {
  /** Seconds that the client waits at most for the end of what it asks for. */
  wait?: number;
  respondAsync?: true;
  return?: 'minimal' | 'representation';
}

/** No answer is held longer: proxies close what is silent for a minute, seconds. */
export const waitMax = 30;

/** What stands between commas; a quoted string (RFC 9110 5.6.4) may hold them. Linear in the length of the field. */
const items = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
/** RFC 7240 2: `token [ "=" word ]`, before its parameters. */
const named = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+|"(?:[^"\\]|\\.)*"))?$/;

/** @param known those that the operation honours */
export function preferencesOf({ headers }: IncomingMessage, known: readonly Preference[] = []): Preferences {
  const field = String(headers['prefer'] ?? '');
  if (field === '' || known.length === 0) return {};
  const asked = parse(field);
  const of = (name: Preference): string | undefined => (known.includes(name) ? asked.get(name) : undefined);
  const wait = of('wait');
  const returned = of('return');
  return {
    // An upper bound in whole seconds (4.3); anything else is no such preference.
    ...(wait !== undefined && /^\d+$/.test(wait) ? { wait: Math.min(Number(wait), waitMax) } : {}),
    ...(of('respond-async') === '' ? { respondAsync: true as const } : {}),
    ...(returned === 'minimal' || returned === 'representation' ? { return: returned } : {}),
  };
}

/** Names and values without parameters: of one that is repeated the first counts (2). `return` with both its values means neither (4.2). */
function parse(field: string): Map<string, string> {
  const found = new Map<string, string>();
  const returns = new Set<string>();
  for (const [item] of field.matchAll(items)) {
    const [, name, value = ''] = named.exec(withoutParameters(item)) ?? [];
    if (name === undefined) continue;
    const plain = value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value;
    const key = name.toLowerCase();
    if (key === 'return') returns.add(plain);
    if (!found.has(key)) found.set(key, plain);
  }
  if (returns.size > 1) found.delete('return');
  return found;
}

function withoutParameters(item: string): string {
  const [before = ''] = /^(?:[^;"]|"(?:[^"\\]|\\.)*"?)*/.exec(item) ?? [];
  return before.trim();
}

/** The Preference-Applied field of an answer (3): name and value, without parameters. Empty where nothing was applied. */
export function preferenceApplied(preferences: Preferences, status: number): string {
  const { wait, respondAsync, return: returned } = preferences;
  // A URI that was minted has no end to wait for.
  const follows = status !== 201;
  return [
    ...(respondAsync && status === 202 ? ['respond-async'] : []),
    ...(wait !== undefined && follows ? [`wait=${wait}`] : []),
    ...(returned === undefined ? [] : [`return=${returned}`]),
  ].join(', ');
}
