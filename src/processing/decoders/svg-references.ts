import { invalidImage, type ProcessingFailure } from '../failure.js';

/** @param fault what comes after "The SVG" */
export function refused(fault: string): ProcessingFailure {
  return invalidImage(`The SVG ${fault}; that is not taken.`);
}

/**
 * Style, in an attribute or an element: it may point at parts of the drawing and at what it brings along. Comments count too:
 * what begins one within a string or a URL begins none.
 */
export function checkCss(css: string): void {
  // `u\72l(` is `url(` too (CSS Syntax 3, 4.3.7).
  if (/\\/.test(css) && /[(@]/.test(css)) throw refused('has escapes in its style');
  if (/@import/i.test(css)) throw refused('imports a style sheet');
  for (const [, target = ''] of css.matchAll(/url\s*\(\s*["']?\s*([^"')\s]*)/gi)) {
    if (!/^(#|data:|$)/i.test(target)) throw refused('refers to something outside of itself');
  }
}

const predefined: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** XML 1.0 4.1 and 4.6: there are the five that need no declaration, and characters by number. */
export function decodeReferences(text: string): string {
  return text.replace(/&([^;\s]{0,12});?/g, (_, name: string) => {
    const [, hex, decimal] = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
    const point = hex !== undefined ? parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : NaN;
    const character = point <= 0x10ffff ? String.fromCodePoint(point) : predefined[name];
    if (character === undefined) throw refused('uses an entity that XML does not have');
    return character;
  });
}
