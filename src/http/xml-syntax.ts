import { type Problem } from '../problems.js';
import { malformed } from './malformed.js';

/** XML 1.0 2.2: what is no character of XML, lone surrogates among it. */
const illegalCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** XML 1.0 2.3: Name. */
const nameStart =
  ':A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}\\u{2070}-\\u{218F}' +
  '\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}';
const name = `[${nameStart}][\\u{300}-\\u{36F}\\u{203F}\\u{2040}\\u{B7}${nameStart}.0-9\\-]*`;

// Each is tried where the one before has ended, and nowhere else: no text is looked at twice.
export const openTag = new RegExp(`<(${name})`, 'uy');
export const attribute = new RegExp(`[ \\t\\n]+(${name})[ \\t\\n]*=[ \\t\\n]*(?:"([^"<]*)"|'([^'<]*)')`, 'uy');
export const tagEnd = /[ \t\n]*(\/?)>/y;
export const closeTag = new RegExp(`</(${name})[ \\t\\n]*>`, 'uy');

/** What a pattern of the above finds at a place; null: it is not there. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const reference = /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g;
const noReference = new RegExp(`&(?!${reference.source.slice(1)})`);
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * XML 1.0 4.1 and 4.6: the five entities that need no declaration, and characters by number.
 * @param onUnknown throws; it is told where, from the beginning of the text
 */
export function decodeReferences(text: string, onUnknown: (at: number) => never): string {
  if (!text.includes('&')) return text;
  // First, since `replace` finds all of them before it asks for any.
  const unknown = text.search(noReference);
  if (unknown >= 0) onUnknown(unknown);
  return text.replace(reference, (_, entity?: string, decimal?: string, hexadecimal?: string, at: number = 0) => {
    if (entity !== undefined) return entities[entity] ?? '';
    const point = decimal === undefined ? parseInt(hexadecimal ?? '', 16) : Number(decimal);
    const character = point <= 0x10ffff ? String.fromCodePoint(point) : '\0';
    return illegalCharacter.test(character) ? onUnknown(at) : character;
  });
}

const declaration =
  /^<\?xml\s+version\s*=\s*(["'])1\.\d\1(?:\s+encoding\s*=\s*(["'])(?<encoding>[\w.-]+)\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\4)?\s*\?>/;

/** The document without its byte order mark, and its declaration blanked out, so that lines and columns stay true. */
export function plainDocument(text: string): string {
  // XML 1.0 2.11: lines end with a line feed, whatever they were sent with.
  const document = withoutDeclaration(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'));
  const illegal = illegalCharacter.exec(document);
  if (illegal !== null) throw faultAt(document, illegal.index, 'this character is not allowed in XML.');
  return document;
}

function withoutDeclaration(document: string): string {
  const match = declaration.exec(document);
  if (match === null) return document;
  const encoding = match.groups?.['encoding'] ?? 'utf-8';
  if (encoding.toLowerCase() !== 'utf-8')
    throw malformed('The XML declaration names an encoding; only UTF-8 is taken.');
  return match[0].replace(/[^\n]/g, ' ') + document.slice(match[0].length);
}

export function isBlank(text: string): boolean {
  return /^[ \t\n]*$/.test(text);
}

export function faultAt(document: string, index: number, message: string): Problem {
  const lines = document.slice(0, index).split('\n');
  return malformed(`The XML breaks at line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}: ${message}`);
}
