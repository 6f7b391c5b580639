import { type Pixels } from '../native.js';
import { type Size } from '../operation.js';

/** A part of a page, or what reaches beyond it. Pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  /** The first column and row after. */
  readonly right: number;
  readonly bottom: number;
}

/** All of a page. */
export function frameOf({ width, height }: Size): Box {
  return { left: 0, top: 0, right: width, bottom: height };
}

/** The smallest that holds both. */
export function around(one: Box, other: Box): Box {
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

/** What both have in common. */
export function overlap(one: Box, other: Box): Box {
  return {
    left: Math.max(one.left, other.left),
    top: Math.max(one.top, other.top),
    right: Math.min(one.right, other.right),
    bottom: Math.min(one.bottom, other.bottom),
  };
}

/** @param box within the page */
export function cut(page: Pixels, { left, top, right, bottom }: Box): Pixels {
  const [width, height] = [right - left, bottom - top];
  const rows = Array.from({ length: height }, (_, y) => {
    const from = ((top + y) * page.width + left) * page.channels;
    return page.data.subarray(from, from + width * page.channels);
  });
  return { ...page, data: Buffer.concat(rows), width, height };
}
