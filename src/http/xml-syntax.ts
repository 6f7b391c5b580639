import { malformed } from './malformed.js';

const depthMax = 32;

/** Attributes of one element: fast-xml-parser takes time by the square of their number. */
const attributesMax = 200;

const outside = 'there is text outside of the root element.';

/** XML 1.0 2.2: what is no character of XML, lone surrogates among it. */
const illegalCharacter = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

const comment = /<!--(?:(?!--)[^])*-->/;
const cdata = /<!\[CDATA\[[^]*?\]\]>/;
const tag = /<(?<close>\/?)[^\s!?/>"'<][^>"'<]*(?:(?:"[^"<]*"|'[^'<]*')[^>"'<]*)*>/;
const reference = /&(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});/;
const anyReference = new RegExp(`${reference.source}|&`, 'g');

/** The last alternatives are what no rule above takes: each is a fault. */
const markup = new RegExp(
  `${[comment, cdata, tag, reference].map(({ source }) => source).join('|')}|<[!?]?|&|\\]\\]>`,
  'g',
);

const declaration =
  /^<\?xml\s+version\s*=\s*(["'])1\.\d\1(?:\s+encoding\s*=\s*(["'])(?<encoding>[\w.-]+)\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\4)?\s*\?>/;

/**
 * Refuses what fast-xml-parser lets through (DOCTYPE, unknown entities, illegal characters, `<` in an attribute, a second root, broken
 * comments), and returns the document with its declaration blanked out, so that lines and columns stay true.
 */
export function checkedXml(text: string): string {
  const document = withoutDeclaration(text.replace(/^\uFEFF/, ''));
  const illegal = illegalCharacter.exec(document);
  if (illegal !== null) throw faultAt(document, illegal.index, 'this character is not allowed in XML.');
  let depth = 0;
  let roots = 0;
  let end = 0;
  for (const match of document.matchAll(markup)) {
    const [token] = match;
    if (depth === 0 && !isBlank(document.slice(end, match.index))) {
      throw faultAt(document, end, outside);
    }
    end = match.index + token.length;
    const fault = faultOf(token, document.startsWith('<!DOCTYPE', match.index), depth);
    if (fault !== undefined) throw faultAt(document, match.index, fault);
    if (match.groups?.['close'] === undefined) continue;
    if (match.groups['close'] === '/') {
      depth -= 1;
      continue;
    }
    if (depth === 0 && ++roots > 1) throw faultAt(document, match.index, 'there is a second root element.');
    if (attributesOf(token) > attributesMax) {
      throw faultAt(document, match.index, `an element has more than ${attributesMax} attributes.`);
    }
    if (depth === depthMax) throw faultAt(document, match.index, `elements are nested more than ${depthMax} deep.`);
    if (!token.endsWith('/>')) depth += 1;
  }
  if (!isBlank(document.slice(end))) throw faultAt(document, end, outside);
  if (roots === 0) throw faultAt(document, document.length, 'there is no root element.');
  return document;
}

/** How many an element has: quoted values hold no `<` and come in pairs of quotes. */
function attributesOf(tag: string): number {
  return tag.match(/=\s*["']/g)?.length ?? 0;
}

/** XML 1.0 4.1 and 4.6: the five entities that need no declaration, and characters by number. Checked by `checkedXml` before. */
export function decodeReferences(text: string): string {
  return text.replace(anyReference, (token) => decoded(token) ?? token);
}

function decoded(token: string): string | undefined {
  const name = token.slice(1, -1);
  if (!name.startsWith('#')) return { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }[name];
  const point = name.startsWith('#x') ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  if (point > 0x10ffff) return undefined;
  const character = String.fromCodePoint(point);
  return illegalCharacter.test(character) ? undefined : character;
}

function faultOf(token: string, isDoctype: boolean, depth: number): string | undefined {
  if (isDoctype) return 'a DOCTYPE is not taken.';
  if (token === '<?') return 'there is a processing instruction or a broken XML declaration; neither is taken.';
  if (token === '<' || token === '<!') return 'this is no tag, no comment and no CDATA section.';
  if (token === ']]>') return '`]]>` ends no CDATA section here.';
  if (token.startsWith('<!--')) return undefined;
  if (depth === 0 && !token.startsWith('<')) return outside;
  if (token.startsWith('<![')) return depth === 0 ? outside : undefined;
  // What is left is a reference, or a tag with references in its attributes.
  const unknown = [...token.matchAll(anyReference)].find(([found]) => decoded(found) === undefined);
  return unknown && `${unknown[0]} is no character of XML; only lt, gt, amp, quot and apos are entities here.`;
}

function withoutDeclaration(document: string): string {
  const match = declaration.exec(document);
  if (match === null) return document;
  const encoding = match.groups?.['encoding'] ?? 'utf-8';
  if (encoding.toLowerCase() !== 'utf-8')
    throw malformed('The XML declaration names an encoding; only UTF-8 is taken.');
  return match[0].replace(/[^\n]/g, ' ') + document.slice(match[0].length);
}

function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

function faultAt(document: string, index: number, message: string) {
  const lines = document.slice(0, index).split('\n');
  return malformed(`The XML breaks at line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}: ${message}`);
}
