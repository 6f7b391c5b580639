import { type Assignment } from './assignment.js';
import { carriesPages, type Conversion, isDeep } from './conversion.js';
import { type Reading } from './decoders/decoder.js';
import { decoderOf } from './decoders/decoders.js';
import { megapixels, ProcessingFailure } from './failure.js';
import { type Header } from './header.js';
import { inspect } from './inspect.js';
import { type Limits } from './limits.js';
import { type Pixels } from './native.js';
import { type OperationCall } from './operation.js';
import { catalogue } from './operations.js';
import { assertReadable, readingOf } from './reading.js';
import { scratchOf } from './through-file.js';

/** What stays the same through all stages of a job. */
export interface Journey {
  readonly input: string;
  readonly header: Header;
  readonly limits: Limits;
  /** Are all pages carried along, or one alone? */
  readonly pages: 'all' | 'first';
  readonly reading: Reading;
  /** Are channels of 16 bits kept? */
  readonly deep: boolean;
  /** Paths of further images, by what the operations call them. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Path of a file that is there only while a stage passes many pixels on. */
  readonly scratch: string;
}

/** As it is to be read: another page has another size, and so has another density. */
export async function headerOf(input: string, operations: readonly OperationCall[], limits: Limits): Promise<Header> {
  const choice = readingOf(operations);
  const header = await inspect(input, limits, { ...choice, page: 0 });
  assertReadable(choice, header);
  return choice.page === 0 ? header : inspect(input, limits, choice);
}

export function journeyOf(
  { input, output, operations, inputs = {} }: Assignment,
  header: Header,
  conversion: Conversion,
  limits: Limits,
): Journey {
  const { page, density } = readingOf(operations);
  return {
    input,
    header,
    limits,
    pages: header.pages > 1 && carriesPages(operations, header.format) ? 'all' : 'first',
    reading: { page, density },
    deep:
      operations.every(({ operation }) => !catalogue.get(operation)?.work) &&
      header.depth === 16 &&
      (header.colours === 'rgb' || header.colours === 'grey') &&
      isDeep(conversion),
    inputs,
    scratch: scratchOf(output),
  };
}

/** What sharp does not read comes as pixels; everything else is read where the first stage runs. */
export async function decodedFirst({ input, header, limits, pages, reading }: Journey): Promise<Pixels | undefined> {
  const decoder = decoderOf(header.format);
  if (pages === 'all' && header.pixels > limits.pixelsMax) {
    throw new ProcessingFailure(
      'too-large',
      `All ${header.pages} pages together have ${megapixels(header.pixels)}; the limit is ${megapixels(limits.pixelsMax)}. Choose one with read, or a lower density.`,
    );
  }
  return decoder?.decode(input, pages, reading, limits);
}
