import { invalidImage } from '../failure.js';

/** A trap or an abort, and an array that cannot be had. */
const ends = ['RuntimeError', 'RangeError'];

/**
 * What a file does to a decoder in WebAssembly, a trap or the end of its memory, is the file's fault and ends with the instance.
 * @param name of the format, for people
 */
export async function withinWasm<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && ends.includes(error.name))) throw error;
    throw invalidImage(`The ${name} cannot be decoded: it is damaged, or wants too much memory.`);
  }
}
