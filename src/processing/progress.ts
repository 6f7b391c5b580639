import { type OperationCall } from './operation.js';

/** How far a job is. */
export interface Progress {
  readonly operation: string;
  /** Of the operation that is being done, from 1. */
  readonly step: number;
  /** How many there are. */
  readonly of: number;
  /** Of all, 0 to 100. */
  readonly percent: number;
}

/**
 * @param index of the operation that is being done, from 0
 * @param share of it that is done, 0 to 1
 */
export function progressAt(index: number, operations: readonly OperationCall[], share = 0): Progress {
  const of = operations.length;
  const step = Math.min(index + 1, of);
  const operation = operations[step - 1]?.operation ?? '';
  return { operation, step, of, percent: Math.round(((step - 1 + share) / of) * 100) };
}
