import { inflateSync } from 'node:zlib';

/** A word as a reader of the PDF would find it. */
export interface Found {
  text: string;
  /** Points, from the lower left. */
  x: number;
  y: number;
}

/** The text of our own PDFs, page by page, decoded by the rules of ISO 32000-1 and nothing that the writer knows. */
export function readPdf(pdf: Buffer): Found[][] {
  const bytes = pdf.toString('latin1');
  const objects = objectsOf(bytes);
  const referred = (from: string, entry: string): string =>
    objects.get(new RegExp(`/${entry} (\\d+) 0 R`).exec(from)?.[1] ?? '') ?? '';
  const pages = [...objects.values()].filter((object) => object.includes('/Type /Page '));
  return pages.map((page) => {
    const named = referred(page, 'Font').matchAll(/\/(F\d+) (\d+) 0 R/g);
    const fonts = [...named].map(([, name = '', number = '']) => {
      return [name, lettersOf(stream(referred(objects.get(number) ?? '', 'ToUnicode')))] as const;
    });
    return textOf(stream(referred(page, 'Contents')), new Map(fonts));
  });
}

/** By the table at the end: an offset that is wrong finds no object. */
function objectsOf(bytes: string): Map<string, string> {
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(bytes)?.[1]);
  const table = bytes.slice(start).split('trailer')[0] ?? '';
  const offsets = [...table.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset));
  return new Map(
    offsets.map((offset, index) => {
      const head = `${index + 1} 0 obj\n`;
      if (!bytes.startsWith(head, offset)) throw new Error(`Object ${index + 1} is not at ${offset}.`);
      return [String(index + 1), bytes.slice(offset + head.length, bytes.indexOf('\nendobj\n', offset))];
    }),
  );
}

function stream(object: string): string {
  const [, length, rest = ''] = /\/Length (\d+) >>\nstream\n([^]*)$/.exec(object) ?? [];
  const data = Buffer.from(rest.slice(0, Number(length)), 'latin1');
  return (object.includes('/FlateDecode') ? inflateSync(data) : data).toString('latin1');
}

function lettersOf(toUnicode: string): Map<string, string> {
  return new Map(
    [...toUnicode.matchAll(/^<([0-9a-f]{2})> <([0-9a-f]+)>$/gm)].map(([, code = '', utf16 = '']) => [
      code,
      Buffer.from(utf16, 'hex').swap16().toString('utf16le'),
    ]),
  );
}

function textOf(content: string, fonts: Map<string, Map<string, string>>): Found[] {
  const found: Found[] = [];
  for (const line of content.split('\n')) {
    const [, x, y] = /([-\d.]+) ([-\d.]+) Tm$/.exec(line) ?? [];
    if (x !== undefined) found.push({ text: '', x: Number(x), y: Number(y) });
    const [, font = '', codes = ''] = /^\/(F\d+) [\d.]+ Tf <([0-9a-f]*)> Tj$/.exec(line) ?? [];
    const last = found.at(-1);
    if (last) last.text += (codes.match(/../g) ?? []).map((code) => fonts.get(font)?.get(code) ?? '\uFFFD').join('');
  }
  return found;
}
