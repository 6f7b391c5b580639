import { namedImages } from '../processing/named-images.js';
import { type OperationCall } from '../processing/operation.js';
import { type TaskInput } from './task.js';

/** How operations name a stored image once they are accepted, however they were written. */
export const inputPath = (imageId: string): string => `/images/${imageId}`;

export const inputId = (path: string): string => path.slice(inputPath('').length);

/** Ids of the stored images that operations name, each once. */
export function inputIdsOf(operations: readonly OperationCall[]): string[] {
  return [...new Set(namedImages(operations).map(({ image }) => inputId(image)))];
}

/** Where the bytes lie, by the names that the operations have for them. */
export function inputPaths(inputs: readonly TaskInput[], pathOf: (digest: string) => string): Record<string, string> {
  return Object.fromEntries(inputs.map(({ image, digest }) => [inputPath(image), pathOf(digest)]));
}
