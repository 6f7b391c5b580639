import { median } from '../median.js';
import { type Component } from './components.js';

/** A page of text has this many letters at least, or words that hang together. */
export const lettersMin = 12;

/** Lower than this, a letter cannot be told from dirt. Pixels. */
const heightMin = 6;

/** The middle height of letters, in pixels; undefined where there is no text. Pictures are few, and do not count for much. */
export function letterHeightOf(components: readonly Component[]): number | undefined {
  const heights = components.map(({ top, bottom }) => bottom - top).filter((height) => height >= heightMin);
  return heights.length < lettersMin ? undefined : median(heights);
}
