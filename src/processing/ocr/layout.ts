/** How text lies on a page, as callers call it, and the number of it in tesseract::PageSegMode. */
export const segmentations = { auto: 3, column: 4, block: 6, line: 7, word: 8, sparse: 11 } as const;

export type Layout = keyof typeof segmentations;

export const layouts: readonly Layout[] = ['auto', 'column', 'block', 'line', 'word', 'sparse'];
