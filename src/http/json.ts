import { Problem } from '../problems.js';
import { malformed } from './malformed.js';

/** Deeper than any request of ours needs, and far from any stack's end. XML has the same limit. */
const depthMax = 32;

/** Members of one object. Some of what looks at them afterwards takes time by the square of their number. */
const membersMax = 200;

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
  const value = parsed(text);
  refuseRepeatedNames(text);
  return value;
}

/** What no body may hold, in whichever language it came. @throws Problem 400, or 422 for a value that cannot be used */
export function refuseUnusable(value: unknown, pointer = '', depth = 0): void {
  if (typeof value === 'string') refuseUnusableText(value, pointer);
  if (typeof value === 'number' && !Number.isFinite(value)) throw unusable(pointer, 'the number is too large');
  if (typeof value !== 'object' || value === null) return;
  if (depth === depthMax) throw malformed(`The body is nested more than ${depthMax} deep.`);
  const members = Object.entries(value);
  // Lists may be long, objects not.
  if (!Array.isArray(value) && members.length > membersMax) {
    throw malformed(`An object has more than ${membersMax} members.`);
  }
  for (const [name, member] of members) {
    const at = pointerTo(pointer, name);
    if (isReservedName(name)) throw unknown(at);
    refuseUnusableText(name, pointer);
    refuseUnusable(member, at, depth + 1);
  }
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

function refuseUnusableText(text: string, pointer: string): void {
  // RFC 8259 8.2: JSON can write what is no text.
  if (!text.isWellFormed()) throw malformed(`${pointer}: a lone surrogate is no character.`);
  if (text.includes('\0')) throw unusable(pointer, 'the character U+0000 is not taken');
}

function unusable(pointer: string, detail: string): Problem {
  return new Problem('invalid-member', { detail: `${pointer}: ${detail}`, errors: [{ pointer, detail }] });
}

function unknown(pointer: string): Problem {
  const detail = 'there is no such member here';
  return new Problem('unknown-member', { detail: `${pointer}: ${detail}`, errors: [{ pointer, detail }] });
}
