import { type Pixels } from './native.js';

/** What an operation has found out about an image, beside what it did to it: `{"angle": 3.2}`. */
export type Finding = Readonly<Record<string, number | string | boolean | readonly number[]>>;

/** By the operation's name; of one that was asked for twice, the last. */
export type Findings = Readonly<Record<string, Finding>>;

/** What has become of the pages: again of one size and kind, as many as before. */
export interface PixelWork {
  readonly pages: readonly Pixels[];
  readonly finding?: Finding;
}
