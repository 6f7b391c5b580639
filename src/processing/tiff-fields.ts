/** "Exif\0\0", which stands before the block in a JPEG. */
const prefix = Buffer.from('Exif\0\0', 'latin1');
/** Characters of a field that are kept; a name or a line of terms, not a document. */
const lengthMax = 1_000;
/** Numbers of a field that are kept: three make a coordinate. */
const countMax = 8;

/** TIFF 6.0 section 2: what a field's values are. */
const ascii = 2;
const sizes: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 5: 8, 9: 4, 10: 8 };

interface Field {
  readonly type: number;
  readonly count: number;
  /** Where its values begin. */
  readonly at: number;
}

/** The fields of one directory by their tags. */
export type Directory = ReadonlyMap<number, Field>;

/**
 * An EXIF block, which is a TIFF without pixels (TIFF 6.0 section 2). What cannot be read is left out: bytes of strangers, whose
 * offsets may lead anywhere. Who reads says which directories; none is looked for, so that nothing goes round in circles.
 */
export class TiffFields {
  readonly #bytes: Buffer;
  readonly #little: boolean;

  constructor(block: Buffer) {
    this.#bytes = withoutPrefix(block);
    this.#little = this.#bytes.toString('latin1', 0, 2) === 'II';
  }

  get first(): Directory {
    return this.directory(this.#long(4));
  }

  /** @param offset 0 for none */
  directory(offset: number): Directory {
    const fields = new Map<number, Field>();
    if (offset === 0) return fields;
    const end = offset + 2 + this.#short(offset) * 12;
    for (let entry = offset + 2; entry < end && entry + 12 <= this.#bytes.length; entry += 12) {
      const [type, count] = [this.#short(entry + 2), this.#long(entry + 4)];
      const inline = count * (sizes[type] ?? 1) <= 4;
      fields.set(this.#short(entry), { type, count, at: inline ? entry + 8 : this.#long(entry + 8) });
    }
    return fields;
  }

  /** The directory that a field leads to; empty where there is none. */
  directoryAt(directory: Directory, tag: number): Directory {
    return this.directory(this.number(directory, tag) ?? 0);
  }

  /** One line; a field may hold several texts with a NUL between them. undefined where there is none. */
  text(directory: Directory, tag: number): string | undefined {
    const field = directory.get(tag);
    if (field?.type !== ascii) return undefined;
    const bytes = this.#bytes.subarray(field.at, field.at + Math.min(field.count, lengthMax));
    const parts = bytes.toString('utf8').split('\0');
    const text = parts.map((part) => part.replaceAll(/\p{Cc}/gu, ' ').trim()).filter((part) => part !== '');
    return text.length > 0 ? text.join('; ') : undefined;
  }

  number(directory: Directory, tag: number): number | undefined {
    return this.numbers(directory, tag)[0];
  }

  /** Finite ones: a fraction over nothing is none. Nothing where the field does not lie within the block. */
  numbers(directory: Directory, tag: number): number[] {
    const { type, count, at } = directory.get(tag) ?? { type: 0, count: 0, at: 0 };
    const size = sizes[type];
    if (size === undefined || at + Math.min(count, countMax) * size > this.#bytes.length) return [];
    const values = Array.from({ length: Math.min(count, countMax) }, (_, index) =>
      this.#value(type, at + index * size),
    );
    return values.every(Number.isFinite) ? values : [];
  }

  #value(type: number, at: number): number {
    switch (type) {
      case 1:
        return this.#bytes.readUInt8(at);
      case 3:
        return this.#short(at);
      case 4:
        return this.#long(at);
      case 5:
        return this.#long(at) / this.#long(at + 4);
      case 9:
        return this.#long(at) | 0;
      default:
        return (this.#long(at) | 0) / (this.#long(at + 4) | 0);
    }
  }

  /** 0 beyond the end. */
  #short(at: number): number {
    if (at + 2 > this.#bytes.length) return 0;
    return this.#little ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  }

  #long(at: number): number {
    if (at + 4 > this.#bytes.length) return 0;
    return this.#little ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }
}

/** An EXIF block as other formats than JPEG have it. */
export function withoutPrefix(block: Buffer): Buffer {
  return block.subarray(0, prefix.length).equals(prefix) ? block.subarray(prefix.length) : block;
}
