import { invalidImage } from '../failure.js';

/** A piece of a document, as far as it matters what it refers to. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'cdata'; readonly text: string }
  | { readonly kind: 'open' | 'empty'; readonly name: string; readonly attributes: string }
  | { readonly kind: 'close' };

/** Up to the end of a tag or of one quoted value: piece by piece, for a tag may have a million of them. */
const pieceOfTag = /[^<>"']*(?:>|"[^"<]*"|'[^'<]*')/y;
const nameOfTag = /^[^\s!?/>"'<=]+/;

/**
 * XML 1.0 in one pass, whatever is in it: no character is looked at twice. Comments are left out.
 * @throws ProcessingFailure where it is not well-formed so far that what comes next could be told
 */
export function* tokensOf(text: string): Generator<Token> {
  for (let at = 0; at < text.length;) {
    if (text.startsWith('<!--', at)) at = endOfComment(text, at);
    else if (text.startsWith('<![CDATA[', at)) {
      const end = placeOf(text, ']]>', at);
      yield { kind: 'cdata', text: text.slice(at + 9, end) };
      at = end + 3;
    } else if (text[at] === '<') {
      const end = endOfTag(text, at);
      yield tagOf(text.slice(at + 1, end - 1));
      at = end;
    } else {
      const next = text.indexOf('<', at);
      const end = next < 0 ? text.length : next;
      yield { kind: 'text', text: text.slice(at, end) };
      at = end;
    }
  }
}

/** XML 1.0 2.5: two hyphens within end it, or it is none. */
function endOfComment(text: string, at: number): number {
  const end = placeOf(text, '--', at + 4);
  if (text[end + 2] !== '>') throw invalidImage();
  return end + 3;
}

function endOfTag(text: string, at: number): number {
  pieceOfTag.lastIndex = at + 1;
  do if (!pieceOfTag.test(text)) throw invalidImage();
  while (text[pieceOfTag.lastIndex - 1] !== '>');
  return pieceOfTag.lastIndex;
}

/** @param inner without its brackets */
function tagOf(inner: string): Token {
  if (inner.startsWith('/')) return { kind: 'close' };
  const name = nameOfTag.exec(inner)?.[0];
  if (name === undefined) throw invalidImage();
  return { kind: inner.endsWith('/') ? 'empty' : 'open', name, attributes: inner.slice(name.length) };
}

function placeOf(text: string, what: string, from: number): number {
  const place = text.indexOf(what, from);
  if (place < 0) throw invalidImage();
  return place;
}
