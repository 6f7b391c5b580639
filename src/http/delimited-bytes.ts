import { letGo } from '../let-go.js';
import { malformed } from './malformed.js';
import { type RequestBytes, tooLarge } from './request-bytes.js';

/**
 * Cuts a message at its delimiters (RFC 2046 5.1.1). To be asked in turn: content (the preamble), then, as long as
 * `hasPart`: head, content.
 */
export class DelimitedBytes {
  readonly #delimiter: Buffer;
  /** Begins with the CRLF that ends the line before: it belongs to the delimiter, should one follow at once. */
  #buffer: Buffer = Buffer.from('\r\n');

  constructor(
    private readonly bytes: RequestBytes,
    boundary: string,
  ) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  /** Everything up to the next delimiter. `bytesMax`, if given, is how much that may be. */
  async *content(bytesMax = Infinity): AsyncGenerator<Buffer> {
    let lineEnd = 2;
    let size = 0;
    for (let found = false; !found;) {
      const at = this.#buffer.indexOf(this.#delimiter);
      found = at >= 0;
      // The tail could be the beginning of a delimiter: it is looked at again with what follows.
      const end = found ? at : Math.max(0, this.#buffer.length - this.#delimiter.length + 1);
      const chunk = this.#take(Math.min(lineEnd, end), end, found ? at + this.#delimiter.length : undefined);
      lineEnd -= Math.min(lineEnd, end);
      size += chunk.length;
      if (size > bytesMax) this.bytes.fail(tooLarge(bytesMax));
      if (chunk.length > 0) yield chunk;
      if (!found) await this.#more('a closing delimiter');
    }
  }

  /** Behind a delimiter: does a part follow, or was it the last one ("--")? */
  async hasPart(): Promise<boolean> {
    this.bytes.throwIfFailed();
    while (this.#buffer.length < 2) await this.#more('a closing delimiter');
    return this.#buffer.toString('latin1', 0, 2) !== '--';
  }

  /** The rest of the delimiter's line and the header lines, up to the empty line. */
  async head(bytesMax: number): Promise<string> {
    for (let searched = 0; ;) {
      const end = this.#buffer.indexOf('\r\n\r\n', searched);
      if ((end < 0 ? this.#buffer.length - 3 : end) > bytesMax) {
        this.bytes.fail(malformed(`The header of a part is longer than ${bytesMax} bytes.`));
      }
      if (end >= 0) {
        const head = this.#buffer.toString('utf8', 0, end);
        this.#buffer = this.#buffer.subarray(end + 2);
        return head;
      }
      searched = Math.max(0, this.#buffer.length - 3);
      await this.#more('the empty line behind a part’s header');
    }
  }

  /** @param next where the buffer goes on; undefined: at the end of what is taken, which has memory of its own then, to be let go of */
  #take(start: number, end: number, next?: number): Buffer {
    const buffer = this.#buffer;
    const taken = buffer.subarray(start, end);
    this.#buffer = buffer.subarray(next ?? end);
    if (next !== undefined) return taken;
    this.#buffer = Buffer.from(this.#buffer);
    const own = Buffer.from(taken);
    letGo(buffer);
    return own;
  }

  async #more(missing: string): Promise<void> {
    const chunk = await this.bytes.pull();
    if (chunk === undefined) this.bytes.fail(malformed(`The multipart body ends without ${missing}.`));
    if (this.#buffer.length === 0) {
      this.#buffer = chunk;
      return;
    }
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    letGo(chunk);
  }
}
