import { invalidImageFormat, ProcessingFailure } from '../failure.js';
import { checkCss, decodeReferences, refused } from './svg-references.js';

/** A drawing of ten megabytes is a map of a country; a renderer takes many times its memory. */
const bytesMax = 10_000_000;
/** Nobody draws deeper, and renderers recurse. */
const depthMax = 200;

/** A drawing that leads nowhere. */
export interface SafeSvg {
  /** To be rendered, without its DOCTYPE. */
  readonly text: string;
  /** Embedded images, each the bytes of a `data:` URL. */
  readonly images: readonly Buffer[];
}

const token =
  /<!--(?:(?!--)[^])*-->|<!\[CDATA\[(?<cdata>[^]*?)\]\]>|<(?<close>\/?)(?<name>[^\s!?/>"'<=]+)(?<attributes>[^>"'<]*(?:(?:"[^"<]*"|'[^'<]*')[^>"'<]*)*)>|<|[^<]+/g;
const attribute = /(?<name>[^\s"'=/]+)\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/g;

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
  for (const { 0: found, groups = {} } of withoutDeclaration(text).matchAll(token)) {
    const { name, close, attributes = '', cdata } = groups;
    if (found === '<') throw new ProcessingFailure('invalid-image', invalidImageFormat);
    if (name === undefined) {
      if (open.at(-1) === 'style') checkCss(cdata ?? decodeReferences(found));
      continue;
    }
    if (close === '/') open.pop();
    else {
      images.push(...checkElement(localName(name), attributes));
      if (!attributes.endsWith('/')) open.push(localName(name));
    }
    if (open.length > depthMax) {
      throw new ProcessingFailure('too-large', `The SVG is nested deeper than ${depthMax} elements.`);
    }
  }
  return { text, images };
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
