import { type Limits } from '../limits.js';
import { type Pixels } from '../native.js';

/** How an input is to be read. */
export interface Reading {
  /** Which page, from 0. */
  readonly page: number;
  /** Pixels an inch, of what has no pixels of its own; absent, as its decoder finds right. */
  readonly density?: number | undefined;
}

/** What a file says of itself, before any pixel is decoded. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly pages: number;
  readonly transparency: boolean;
  /** Is an ICC profile embedded? */
  readonly profile: boolean;
  readonly density?: number;
}

/** Reads what sharp does not, and gives raw pixels in sRGB. Runs in child processes only. */
export interface Decoder {
  /** @throws ProcessingFailure `invalid-image` */
  look(path: string, reading: Reading, limits: Limits): Promise<Look>;
  /**
   * After a look, whose pixels the caller found to be within limits.
   * @throws ProcessingFailure `invalid-image`, `too-large`
   */
  decode(path: string, pages: 'first' | 'all', reading: Reading, limits: Limits): Promise<Pixels>;
}
