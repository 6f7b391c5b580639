import { Problem } from '../problems.js';
import { malformed } from './malformed.js';

/** Deeper than any request of ours needs, and far from any stack's end. XML has the same limit. */
const depthMax = 32;

/** Members of one object. Some of what looks at them afterwards takes time by the square of their number. */
export const membersMax = 200;

/** Values in a whole body: more than a batch of 1,000 tasks with ten operations each, or a query for 10,000 images, has. */
const valuesMax = 100_000;

/**
 * Names that reach an object's prototype in code that does not expect them; no member of ours has one. class-validator's whitelist
 * itself takes all that objects inherit, such as `toString`, for known.
 */
const reservedNames = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/**
 * A JSON text (RFC 8259) that means the same to everybody (I-JSON, RFC 7493): each name once in its object, no lone surrogates,
 * no number beyond a double. NUL is refused too: PostgreSQL has no text with it.
 */
export function parseJson(text: string): unknown {
  const value = readJson(text);
  refuseUnusable(value);
  return value;
}

/** The same before it is known that all of it can be used: `refuseUnusable` is left to whoever calls, part by part. */
export function readJson(text: string): unknown {
  refuseManyValues(text);
  const value = parsed(text);
  refuseRepeatedNames(text);
  return value;
}

/** What no body may hold, in whichever language it came. @throws Problem 400, or 422 for a value that cannot be used */
export function refuseUnusable(value: unknown, pointer = ''): void {
  look(value, pointer === '' ? undefined : { pointer }, 0);
}

/** Where a value is: written as a pointer only where there is something to be said of it. */
type Place = { readonly pointer: string } | { readonly parent: Place | undefined; readonly name: string };

function look(value: unknown, place: Place | undefined, depth: number): void {
  if (typeof value === 'string') refuseUnusableText(value, place);
  if (typeof value === 'number' && !Number.isFinite(value)) throw unusable(pointerOf(place), 'the number is too large');
  if (typeof value !== 'object' || value === null) return;
  if (depth === depthMax) throw malformed(`The body is nested more than ${depthMax} deep.`);
  const names = Object.keys(value);
  // Lists may be long, objects not.
  if (!Array.isArray(value) && names.length > membersMax) {
    throw malformed(`An object has more than ${membersMax} members.`);
  }
  for (const name of names) {
    const at = { parent: place, name };
    if (isReservedName(name)) throw unknown(pointerOf(at));
    refuseUnusableText(name, place);
    look(Reflect.get(value, name), at, depth + 1);
  }
}

function pointerOf(place: Place | undefined): string {
  if (place === undefined) return '';
  return 'pointer' in place ? place.pointer : pointerTo(pointerOf(place.parent), place.name);
}

export function isReservedName(name: string): boolean {
  return reservedNames.has(name);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 6901 4: `~` and `/` within a name are written as `~0` and `~1`. */
export function pointerTo(parent: string, name: string): string {
  return `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Before anything is made of them. Each but the first stands behind one of three characters that is in no string. */
function refuseManyValues(text: string): void {
  if (text.length <= valuesMax) return;
  let values = 1;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) inString = !inString;
    else if (inString && code === backslash) at += 1;
    else if (!inString && (code === comma || code === bracket || code === brace)) values += 1;
  }
  if (values > valuesMax) throw malformed(`The body has more than ${valuesMax} values.`);
}

const [quote, backslash, comma, bracket, brace] = ['"', '\\', ',', '[', '{'].map((each) => each.charCodeAt(0));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(cause instanceof Error ? `Broken JSON: ${cause.message}` : 'Broken JSON.', cause);
  }
}

const token = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}]/g;

/** JSON.parse takes the last of them and says nothing. `text` is known to be JSON: a string before a colon is a name. */
function refuseRepeatedNames(text: string): void {
  const open: Set<unknown>[] = [];
  for (const [symbol, string = '', colon] of text.matchAll(token)) {
    if (symbol === '{') open.push(new Set());
    if (symbol === '}') open.pop();
    if (colon === undefined) continue;
    // "a" and "\u0061" are the same name.
    const name: unknown = JSON.parse(string);
    const names = open.at(-1);
    if (names?.has(name)) throw malformed(`The member ${string.slice(0, 200)} is there more than once.`);
    names?.add(name);
  }
}

function refuseUnusableText(text: string, place: Place | undefined): void {
  // RFC 8259 8.2: JSON can write what is no text.
  if (!text.isWellFormed()) throw malformed(`${pointerOf(place)}: a lone surrogate is no character.`);
  if (text.includes('\0')) throw unusable(pointerOf(place), 'the character U+0000 is not taken');
}

function unusable(pointer: string, detail: string): Problem {
  return new Problem('invalid-member', { detail: `${pointer}: ${detail}`, errors: [{ pointer, detail }] });
}

function unknown(pointer: string): Problem {
  const detail = 'there is no such member here';
  return new Problem('unknown-member', { detail: `${pointer}: ${detail}`, errors: [{ pointer, detail }] });
}
