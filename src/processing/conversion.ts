import { formatOf, isFormatName, keepsPages, type FormatName } from './formats.js';
import { type OperationCall } from './operation.js';

/** What an outcome is written as. */
export interface Conversion {
  readonly format: FormatName;
  readonly call: OperationCall;
}

/** Is the outcome a text? */
export function makesText(operations: readonly OperationCall[]): boolean {
  return operations.at(-1)?.operation === 'ocr';
}

/** Whether all pages are carried along, or the first alone. */
export function carriesPages(operations: readonly OperationCall[], input: FormatName): boolean {
  if (makesText(operations)) return formatOf(input).paging === 'pages';
  return keepsPages(input, conversionOf(operations, input).format);
}

/** The last `convert` there is; none means the format of the input. */
export function conversionOf(operations: readonly OperationCall[], input: FormatName): Conversion {
  // The pages of the PDF that goes with a text.
  if (makesText(operations)) return { format: 'jpeg', call: { operation: 'convert', format: 'jpeg' } };
  const call = operations.findLast(({ operation }) => operation === 'convert') ?? {
    operation: 'convert',
    format: input,
  };
  if (typeof call['format'] !== 'string' || !isFormatName(call['format']))
    throw new TypeError('convert was not checked.');
  return { format: call['format'], call };
}
