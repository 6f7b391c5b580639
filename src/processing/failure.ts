/** Why an image could not be read or processed. An outcome, not a bug: it is told to the caller. */
export interface Failure {
  readonly ok: false;
  readonly reason:
    'invalid-image' | 'format-off' | 'too-large' | 'operation-failed' | 'timeout' | 'crashed' | 'aborted';
  /** One sentence or two for whoever sent the image. */
  readonly detail: string;
}

/** The same, thrown from the depth of a pipeline in the child process; child.ts turns it back into the value. */
export class ProcessingFailure extends Error {
  constructor(
    readonly reason: Failure['reason'],
    readonly detail: string,
  ) {
    super(detail);
    this.name = 'ProcessingFailure';
  }
}

/** The source document's words for anything that is not an image which this service reads. */
export const invalidImageFormat = 'Invalid image format.';

export const truncatedImage = 'The image is truncated: its end is missing.';

/** It is no image, or one that cannot be read. */
export function invalidImage(detail: string = invalidImageFormat): ProcessingFailure {
  return new ProcessingFailure('invalid-image', detail);
}

/** @param count pixels */
export function megapixels(count: number): string {
  return `${(count / 1_000_000).toFixed(1).replace(/\.0$/, '')} megapixels`;
}

/** @param count bytes */
export function mebibytes(count: number): string {
  return `${Math.round(count / 2 ** 20)} MiB`;
}
