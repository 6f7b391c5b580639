/** What was read from a picture. Boxes are in pixels of the page as it lies upright, from its top left corner. */
export interface Recognition {
  /** ISO 639-2 codes, in the order of their weight. */
  readonly languages: readonly string[];
  readonly pages: readonly Page[];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How far a page was turned clockwise to be read. Degrees. */
export type Turn = 0 | 90 | 180 | 270;

export interface Page {
  readonly width: number;
  readonly height: number;
  readonly turned: Turn;
  /** Mean over its letters, 0 to 100; 0 where there are none. */
  readonly confidence: number;
  readonly blocks: readonly Block[];
}

export interface Block {
  readonly box: Box;
  readonly paragraphs: readonly Paragraph[];
}

export interface Paragraph {
  readonly box: Box;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly box: Box;
  readonly baseline: Baseline;
  readonly words: readonly Word[];
}

/** What the letters stand on, from the left end to the right. */
export interface Baseline {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface Word {
  readonly text: string;
  /** 0 to 100. */
  readonly confidence: number;
  readonly box: Box;
}

export function linesOf({ blocks }: Pick<Page, 'blocks'>): Line[] {
  return blocks.flatMap(({ paragraphs }) => paragraphs.flatMap(({ lines }) => lines));
}

export function wordsOf(page: Pick<Page, 'blocks'>): Word[] {
  return linesOf(page).flatMap(({ words }) => words);
}
