import { type Reading } from './decoders/decoder.js';
import { ProcessingFailure } from './failure.js';
import { type Header } from './header.js';
import { type OperationCall } from './operation.js';

/** A page was asked for: no other is read. */
export interface Choice extends Reading {
  readonly onePage: boolean;
}

/** What the first `read` says; without one, everything as it comes. */
export function readingOf(operations: readonly OperationCall[]): Choice {
  const { page, density }: Partial<OperationCall> = operations.find(({ operation }) => operation === 'read') ?? {};
  return {
    page: typeof page === 'number' ? page - 1 : 0,
    onePage: typeof page === 'number',
    ...(typeof density === 'number' && { density }),
  };
}

/** @throws ProcessingFailure where such an image does not allow it */
export function assertReadable({ page, density }: Choice, { format, pages }: Header): void {
  if (page >= pages) {
    const there = pages === 1 ? 'is one page' : `are ${pages} pages`;
    throw new ProcessingFailure('operation-failed', `read: there is no page ${page + 1}; there ${there}.`);
  }
  if (density !== undefined && format !== 'pdf' && format !== 'svg') {
    throw new ProcessingFailure(
      'operation-failed',
      `read: density is for pdf and svg; ${format} has pixels of its own.`,
    );
  }
}
