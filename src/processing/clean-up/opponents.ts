import { type Pixels } from '../native.js';
import { type Samples } from './plane.js';

/**
 * Channels in which print and noise are told apart best: grey as it is; of colours their sum and two differences, whole numbers still,
 * in the proportions of the three-point DCT that G. Yu and G. Sapiro, "DCT image denoising" (2011), take them apart by.
 */
export interface Opponent {
  /** What of a range of 256 is one. */
  readonly unit: number;
  readonly of: (red: number, green: number, blue: number) => number;
}

const grey: readonly Opponent[] = [{ unit: 1, of: (value) => value }];
const colours: readonly Opponent[] = [
  { unit: 1 / 3, of: (red, green, blue) => red + green + blue },
  { unit: 1 / 2, of: (red, _, blue) => red - blue },
  { unit: 1 / 4, of: (red, green, blue) => red - 2 * green + blue },
];

export function opponentsOf({ channels }: Pixels): readonly Opponent[] {
  return channels > 2 ? colours : grey;
}

/** One of them, in some rows of a page. */
export function opponentRows(
  { data, width, channels }: Pixels,
  { of }: Opponent,
  top: number,
  bottom: number,
): Samples {
  const rows = new Int16Array(width * (bottom - top));
  const [green, blue] = channels > 2 ? [1, 2] : [0, 0];
  for (let at = 0, from = top * width * channels; at < rows.length; at += 1, from += channels) {
    rows[at] = of(data[from] ?? 0, data[from + green] ?? 0, data[from + blue] ?? 0);
  }
  return { data: rows, width, height: bottom - top };
}

/** A pixel's channels from its opponents, in the order of `opponentsOf`. */
export function putBack(made: Buffer, at: number, [sum = 0, aside, bend = 0]: readonly number[]): void {
  if (aside === undefined) {
    made[at] = inRange(sum);
    return;
  }
  const both = (2 * sum + bend) / 3;
  made[at] = inRange((both + aside) / 2);
  made[at + 1] = inRange((sum - bend) / 3);
  made[at + 2] = inRange((both - aside) / 2);
}

function inRange(value: number): number {
  return Math.min(255, Math.max(0, value + 0.5));
}
