import { type Size } from './operation.js';

/** In the order of sharp's documentation. */
export const gravities = [
  ...(['centre', 'north', 'northeast', 'east', 'southeast', 'south', 'southwest', 'west', 'northwest'] as const),
];

/** How something lies on an image. */
export interface Placement {
  gravity: (typeof gravities)[number];
  /** Width, per cent of the image's. */
  size: number;
  /** Distance from the edges and from its repetitions, per cent of the image's width. */
  margin: number;
  tile: boolean;
}

export interface Place {
  left: number;
  top: number;
}

/** What it has to fit into. */
export function boxOf({ size, margin }: Placement, { width, height }: Size): Size {
  const edge = marginOf({ margin }, width);
  return {
    width: Math.max(1, Math.min(Math.round((width * size) / 100), width - 2 * edge)),
    height: Math.max(1, height - 2 * edge),
  };
}

/** Pixels. */
export function marginOf({ margin }: Pick<Placement, 'margin'>, width: number): number {
  return Math.round((width * margin) / 100);
}

/** The place of something on an image that is not smaller. */
export function placeOf(mark: Size, { gravity, margin }: Placement, image: Size): Place {
  const edge = marginOf({ margin }, image.width);
  const along = (space: number, least: boolean, most: boolean): number => {
    if (!least && !most) return Math.floor(space / 2);
    return Math.min(Math.max(0, least ? edge : space - edge), space);
  };
  return {
    left: along(image.width - mark.width, gravity.endsWith('west'), gravity.endsWith('east')),
    top: along(image.height - mark.height, gravity.startsWith('north'), gravity.startsWith('south')),
  };
}
