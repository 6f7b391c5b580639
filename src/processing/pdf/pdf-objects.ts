import { deflateSync } from 'node:zlib';

/**
 * The objects of a PDF file, and where each of them begins (ISO 32000-1 7.5). They are numbered from 1. The same objects always give
 * the same bytes: no date, no id.
 */
export class PdfObjects {
  // The second line tells programs that move files that it is binary (7.5.2).
  readonly #parts: Buffer[] = [Buffer.from('%PDF-1.5\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  /** By number; 0 for what is reserved and not put yet. */
  readonly #offsets: number[] = [];
  #length = this.#parts[0]?.length ?? 0;

  /** A number for an object that others refer to before it is known. */
  reserve(): number {
    return this.#offsets.push(0);
  }

  add(text: string): number {
    return this.put(this.reserve(), text);
  }

  put(number: number, text: string): number {
    return this.#place(number, [Buffer.from(text, 'latin1')]);
  }

  /**
   * @param entries of its dictionary
   * @param data is not copied
   */
  addStream(entries: string, data: Buffer): number {
    const head = `<< ${entries} /Length ${data.length} >>\nstream\n`;
    return this.#place(this.reserve(), [Buffer.from(head, 'latin1'), data, Buffer.from('\nendstream')]);
  }

  /** A stream of operators or the like. */
  addText(text: string): number {
    return this.addStream('/Filter /FlateDecode', deflateSync(Buffer.from(text, 'latin1')));
  }

  /**
   * @param root number of the catalogue
   * @returns the file in parts
   */
  finish(root: number): Buffer[] {
    const size = this.#offsets.length + 1;
    // Entries of exactly 20 bytes (7.5.4).
    const entries = this.#offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
    const table = `xref\n0 ${size}\n0000000000 65535 f \n${entries.join('')}`;
    const trailer = `trailer\n<< /Size ${size} /Root ${root} 0 R >>\nstartxref\n${this.#length}\n%%EOF\n`;
    return [...this.#parts, Buffer.from(table + trailer)];
  }

  #place(number: number, content: readonly Buffer[]): number {
    this.#offsets[number - 1] = this.#length;
    for (const part of [Buffer.from(`${number} 0 obj\n`), ...content, Buffer.from('\nendobj\n')]) {
      this.#parts.push(part);
      this.#length += part.length;
    }
    return number;
  }
}

/** Never in the exponential form, which PDF does not have (7.3.3). */
export function pdfNumber(value: number): string {
  return value.toFixed(3).replace(/\.?0+$/, '');
}
