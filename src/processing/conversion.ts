import { formatOf, isFormatName, isWritten, keepsPages, type FormatName, type WrittenFormat } from './formats.js';
import { type OperationCall } from './operation.js';
import { readingOf } from './reading.js';

/** What an outcome is written as. */
export interface Conversion {
  readonly format: WrittenFormat;
  readonly call: OperationCall;
}

/** Is the outcome a text? */
export function makesText(operations: readonly OperationCall[]): boolean {
  return operations.at(-1)?.operation === 'ocr';
}

/** Whether all pages are carried along, or the first alone. */
export function carriesPages(operations: readonly OperationCall[], input: FormatName): boolean {
  if (readingOf(operations).onePage) return false;
  if (makesText(operations)) return formatOf(input).paging === 'pages';
  return keepsPages(input, conversionOf(operations, input).format);
}

/** The last `convert` there is; none means the format of the input, or what stands in for one that is not written. */
export function conversionOf(operations: readonly OperationCall[], input: FormatName): Conversion {
  // The pages of the PDF that goes with a text.
  if (makesText(operations)) return { format: 'jpeg', call: { operation: 'convert', format: 'jpeg' } };
  const call = operations.findLast(({ operation }) => operation === 'convert') ?? {
    operation: 'convert',
    format: isWritten(input) ? input : formatOf(input).written,
  };
  const { format } = call;
  if (typeof format !== 'string' || !isFormatName(format) || !isWritten(format)) {
    throw new TypeError('convert was not checked.');
  }
  return { format, call };
}

/** The media type of the outcome, where the operations alone say it. */
export function statedType(operations: readonly OperationCall[]): string | undefined {
  const format = operations.findLast(({ operation }) => operation === 'convert')?.['format'];
  return typeof format === 'string' && isFormatName(format) ? formatOf(format).mediaType : undefined;
}

/** Can what is written so be transparent? */
export function isTransparent({ format, call }: Conversion): boolean {
  return formatOf(format).transparency && call['compression'] !== 'jpeg';
}

/** Can a channel of it have 16 bits? */
export function isDeep({ format, call }: Conversion): boolean {
  return formatOf(format).deep && call['compression'] !== 'jpeg' && call['palette'] !== true;
}
