import { types } from 'node:util';

/**
 * Whether this is an error of the operating system with one of these codes: ENOENT, EEXIST and so on. Not by
 * `instanceof`: under Jest, Node's own errors come from another realm and are instances of another Error.
 */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return types.isNativeError(error) && 'code' in error && codes.some((code) => code === error.code);
}

/** Whether the system has refused a call: a file that is not there, a disk that fails. */
export function isSystemError(error: unknown): boolean {
  return types.isNativeError(error) && 'syscall' in error;
}

/** For `catch`: what is not there is undefined, and everything else is an error still. */
export function ifMissing(error: unknown): undefined {
  if (hasCode(error, 'ENOENT')) return undefined;
  throw error;
}

/** What an error says, for a line of a log; whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
