import { type Component } from './components.js';

/** A page of text has this many letters at least. */
const lettersMin = 12;

/** Lower than this, a letter cannot be told from dirt. Pixels. */
const heightMin = 6;

/** The middle height of letters, in pixels; undefined where there is no text. Pictures are few, and do not count for much. */
export function letterHeightOf(components: readonly Component[]): number | undefined {
  const heights = components
    .map(({ top, bottom }) => bottom - top)
    .filter((height) => height >= heightMin)
    .sort((one, other) => one - other);
  return heights.length < lettersMin ? undefined : heights[heights.length >> 1];
}
