import { type PdfObjects } from '../pdf/pdf-objects.js';

/** Width of every glyph, in thousandths of the size of the font. */
export const glyphWidth = 500;

/** Above and below the baseline, in the same. */
const [ascent, descent] = [750, -250];

/** A font of one byte a letter has so many; 0 is left out, for readers that take it for the end. */
const lettersMax = 255;

/** A piece of text in one font, as hexadecimal codes. */
export interface Run {
  readonly font: number;
  readonly codes: string;
}

/**
 * Fonts whose glyphs are empty: the text is there for readers, and nothing is drawn. Any letter of Unicode gets a code when it
 * first comes, and ToUnicode tells which it was (ISO 32000-1 9.10.3). Type 3 fonts need no font file (9.6.5).
 */
export class GlyphlessFonts {
  readonly #places = new Map<string, number>();

  /** Text that has letters of more than one font comes in several runs. */
  encode(text: string): Run[] {
    const runs: { font: number; codes: string }[] = [];
    for (const letter of text) {
      const place = this.#placeOf(letter);
      const font = Math.floor(place / lettersMax);
      const code = ((place % lettersMax) + 1).toString(16).padStart(2, '0');
      const last = runs.at(-1);
      if (last?.font === font) last.codes += code;
      else runs.push({ font, codes: code });
    }
    return runs;
  }

  /** @returns numbers of the font objects, by the font of the runs */
  write(objects: PdfObjects): number[] {
    const letters = [...this.#places.keys()];
    const glyph = objects.addText(`${glyphWidth} 0 0 ${descent} ${glyphWidth} ${ascent} d1`);
    const fonts: number[] = [];
    for (let from = 0; from < letters.length; from += lettersMax) {
      fonts.push(fontObject(objects, letters.slice(from, from + lettersMax), glyph));
    }
    return fonts;
  }

  #placeOf(letter: string): number {
    const present = this.#places.get(letter);
    if (present !== undefined) return present;
    this.#places.set(letter, this.#places.size);
    return this.#places.size - 1;
  }
}

function fontObject(objects: PdfObjects, letters: readonly string[], glyph: number): number {
  const unicode = objects.addText(toUnicode(letters));
  const entries = [
    `/FontBBox [0 ${descent} ${glyphWidth} ${ascent}] /FontMatrix [0.001 0 0 0.001 0 0] /Resources << >>`,
    `/CharProcs << /g ${glyph} 0 R >>`,
    `/Encoding << /Type /Encoding /Differences [1 ${letters.map(() => '/g').join(' ')}] >>`,
    `/FirstChar 1 /LastChar ${letters.length} /Widths [${letters.map(() => glyphWidth).join(' ')}]`,
    `/ToUnicode ${unicode} 0 R`,
  ];
  return objects.add(`<< /Type /Font /Subtype /Type3 ${entries.join(' ')} >>`);
}

/** A section has at most so many mappings (Adobe technical note 5014). */
const mappingsMax = 100;

function toUnicode(letters: readonly string[]): string {
  const mappings = letters.map((letter, index) => `<${hex(index + 1, 2)}> <${utf16(letter)}>`);
  const sections: string[] = [];
  for (let from = 0; from < mappings.length; from += mappingsMax) {
    const section = mappings.slice(from, from + mappingsMax);
    sections.push(`${section.length} beginbfchar\n${section.join('\n')}\nendbfchar`);
  }
  return [
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Letters def /CMapType 2 def',
    '1 begincodespacerange <00> <FF> endcodespacerange',
    ...sections,
    'endcmap CMapName currentdict /CMap defineresource pop end end',
  ].join('\n');
}

function utf16(letter: string): string {
  return Array.from({ length: letter.length }, (_, at) => hex(letter.charCodeAt(at), 4)).join('');
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
