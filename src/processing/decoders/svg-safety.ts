import { ProcessingFailure } from '../failure.js';
import { checkCss, decodeReferences, refused } from './svg-references.js';
import { tokensOf } from './svg-tokens.js';

/** A drawing of ten megabytes is a map of a country; a renderer takes many times its memory. */
const bytesMax = 10_000_000;
/** Nobody draws deeper, and renderers recurse. */
const depthMax = 200;
/** The map of that country has a third of it. A renderer takes three kilobytes for each. */
const elementsMax = 100_000;
/** Characters that are to be set in type: a poster full of them. A renderer takes hundreds of bytes for each. */
const lettersMax = 100_000;

/** A drawing that leads nowhere. */
export interface SafeSvg {
  /** To be rendered, without its DOCTYPE. */
  readonly text: string;
  /** Embedded images, each the bytes of a `data:` URL. */
  readonly images: readonly Buffer[];
}

// Looked for at the beginning of a name alone: else a name of a million letters is a million names.
const attribute = /(?<![^\s"'=/])(?<name>[^\s"'=/]+)\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/g;

/**
 * Refuses a drawing that refers to anything outside of itself, declares entities, or has a script: whether or not the renderer
 * would follow it. That it is well-formed, the renderer finds.
 * @throws ProcessingFailure
 */
export function safeSvg(bytes: Buffer): SafeSvg {
  if (bytes.length > bytesMax) {
    throw new ProcessingFailure('too-large', `The SVG has ${bytes.length} bytes; the limit is ${bytesMax}.`);
  }
  const text = withoutDoctype(decoded(bytes));
  const images: Buffer[] = [];
  const open: string[] = [];
  let [elements, letters] = [0, 0];
  for (const token of tokensOf(withoutDeclaration(text))) {
    switch (token.kind) {
      case 'open':
      case 'empty':
        images.push(...checkElement(localName(token.name), token.attributes));
        if (token.kind === 'open') open.push(localName(token.name));
        elements += 1;
        break;
      case 'close':
        open.pop();
        break;
      case 'text':
      case 'cdata':
        if (open.at(-1) === 'style') checkCss(token.kind === 'text' ? decodeReferences(token.text) : token.text);
        if (open.includes('text')) letters += token.text.length;
        break;
      default:
        token satisfies never;
    }
    holdLimits({ depth: open.length, elements, letters });
  }
  return { text, images };
}

function holdLimits({ depth, elements, letters }: { depth: number; elements: number; letters: number }): void {
  const fault =
    depth > depthMax
      ? `is nested deeper than ${depthMax} elements`
      : elements > elementsMax
        ? `has more than ${elementsMax} elements`
        : letters > lettersMax
          ? `has more than ${lettersMax} letters of text`
          : undefined;
  if (fault !== undefined) throw new ProcessingFailure('too-large', `The SVG ${fault}.`);
}

/** In one encoding, so that what is checked is what is rendered. */
function decoded(bytes: Buffer): string {
  const declared = /^[^<]*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']/.exec(bytes.toString('latin1', 0, 300))?.[1];
  if (declared !== undefined && !/^(utf-?8|us-ascii)$/i.test(declared)) throw refused('is not in UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused('is not in UTF-8');
  }
}

/** A DOCTYPE that only names the standard, as many programs write it, is taken away; one that declares something is refused. */
function withoutDoctype(text: string): string {
  const bare = text.replace(/<!DOCTYPE\s[^[\]<>]*>/i, '');
  if (/<!(?:DOCTYPE|ENTITY)/i.test(bare)) throw refused('has a DOCTYPE that declares entities or the like');
  return bare;
}

/** Any other instruction may fetch a style sheet. */
function withoutDeclaration(text: string): string {
  const bare = text.replace(/^\s*<\?xml\s[^?]*\?>/, '');
  if (bare.includes('<?')) throw refused('has a processing instruction');
  return bare;
}

/** @returns the images that it embeds */
function checkElement(element: string, attributes: string): Buffer[] {
  if (element === 'script') throw refused('has a script');
  const images: Buffer[] = [];
  for (const { groups = {} } of attributes.matchAll(attribute)) {
    const name = (groups['name'] ?? '').toLowerCase();
    const value = decodeReferences(groups['double'] ?? groups['single'] ?? '').trim();
    if (name.startsWith('on')) throw refused('has a script');
    // It would give every reference another meaning.
    if (name === 'xml:base') throw refused('refers to something outside of itself');
    // Where a link would lead is not looked at by a renderer.
    if (element !== 'a' && ['href', 'src'].includes(localName(name))) images.push(...embedded(value));
    else checkCss(value);
  }
  return images;
}

/** A part of the drawing itself, or an image in a `data:` URL. */
function embedded(reference: string): Buffer[] {
  if (reference === '' || reference.startsWith('#')) return [];
  const [, base64] = /^data:image\/(?:png|jpe?g|gif|webp);base64,([\w+/=\s]*)$/i.exec(reference) ?? [];
  if (base64 === undefined)
    throw refused('refers to something outside of itself, or embeds what is no PNG, JPEG, GIF or WebP');
  return [Buffer.from(base64, 'base64')];
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1).toLowerCase();
}
