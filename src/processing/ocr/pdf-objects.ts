import { deflateSync } from 'node:zlib';

/** The objects of a PDF file, and where each of them begins (ISO 32000-1 7.5). They are numbered from 1. */
export class PdfObjects {
  // The second line tells whoever copies the file that it is binary (7.5.2).
  readonly #chunks: Buffer[] = [Buffer.from('%PDF-1.5\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  /** By number; 0 for what is reserved and not put yet. */
  readonly #offsets: number[] = [];
  #length = this.#chunks[0]?.length ?? 0;

  /** A number for an object that others refer to before it is known. */
  reserve(): number {
    return this.#offsets.push(0);
  }

  add(text: string): number {
    return this.put(this.reserve(), text);
  }

  put(number: number, text: string): number {
    return this.#place(number, Buffer.from(text, 'latin1'));
  }

  /** @param entries of its dictionary */
  addStream(entries: string, data: Buffer, { deflate = false } = {}): number {
    const bytes = deflate ? deflateSync(data) : data;
    const filter = deflate ? '/Filter /FlateDecode ' : '';
    const head = `<< ${entries}${filter}/Length ${bytes.length} >>\nstream\n`;
    const parts = [Buffer.from(head, 'latin1'), bytes, Buffer.from('\nendstream', 'latin1')];
    return this.#place(this.reserve(), Buffer.concat(parts));
  }

  /** @param root number of the catalogue */
  finish(root: number): Buffer {
    const start = this.#length;
    const size = this.#offsets.length + 1;
    const entries = this.#offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
    const table = `xref\n0 ${size}\n0000000000 65535 f \n${entries.join('')}`;
    this.#append(
      Buffer.from(`${table}trailer\n<< /Size ${size} /Root ${root} 0 R >>\nstartxref\n${start}\n%%EOF\n`, 'latin1'),
    );
    return Buffer.concat(this.#chunks);
  }

  #place(number: number, content: Buffer): number {
    this.#offsets[number - 1] = this.#length;
    this.#append(Buffer.from(`${number} 0 obj\n`, 'latin1'));
    this.#append(content);
    this.#append(Buffer.from('\nendobj\n', 'latin1'));
    return number;
  }

  #append(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }
}
