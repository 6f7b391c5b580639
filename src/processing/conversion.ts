import { formatOf, isFormatName, isWritten, type FormatName, type WrittenFormat } from './formats.js';
import { type OperationCall } from './operation.js';

/** What an outcome is written as. */
export interface Conversion {
  readonly format: WrittenFormat;
  readonly call: OperationCall;
}

/** The last `convert` there is; none means the format of the input, or what stands in for one that is not written. */
export function conversionOf(operations: readonly OperationCall[], input: FormatName): Conversion {
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

/** Can what is written so be transparent? */
export function isTransparent({ format, call }: Conversion): boolean {
  return formatOf(format).transparency && call['compression'] !== 'jpeg';
}

/** Can a channel of it have 16 bits? */
export function isDeep({ format, call }: Conversion): boolean {
  return formatOf(format).deep && call['compression'] !== 'jpeg' && call['palette'] !== true;
}
