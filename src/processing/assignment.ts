import { type Budget } from './budget.js';
import { type OperationCall } from './operation.js';

/** What is to be made of which file. */
export interface Assignment {
  /** Path of an image file. */
  readonly input: string;
  /** Path of a file that is written or overwritten. */
  readonly output: string;
  /** Checked by `parseOperations`. */
  readonly operations: readonly OperationCall[];
  /** Paths of further images, by what the operations call them. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Of what is made while its caller waits, and kept by nobody: it is refused where it would take more. */
  readonly budget?: Budget | undefined;
}
