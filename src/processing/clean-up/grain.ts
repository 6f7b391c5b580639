import { type Pixels } from '../native.js';
import { withoutGrain } from './cosine-thresholds.js';
import { side } from './cosine-transform.js';
import { noiseIn } from './noise.js';
import { type Opponent, opponentRows, opponentsOf, putBack } from './opponents.js';

/** Less noise than this, as a standard deviation of 255, is neither seen nor in the way of reading. */
const noiseMin = 4;
/** Rows that are worked on at a time, and those beyond them whose blocks reach in: memory does not grow with the page. */
const stripRows = 128;
const margin = side;

/** A page without its grain, channel by channel and each as strongly as it has noise. The same page where none has any. */
export function quietened(page: Pixels, strength: number): Pixels {
  const opponents = opponentsOf(page).map((opponent) => ({ opponent, noise: noiseIn(strips(page, opponent)) }));
  const isNoisy = opponents.some(({ opponent, noise }) => noise * opponent.unit >= noiseMin);
  if (!isNoisy || Math.min(page.width, page.height) < side) return page;
  const data = Buffer.from(page.data);
  for (let top = 0; top < page.height; top += stripRows) {
    const rows = opponents.map(({ opponent, noise }) =>
      quietRows(page, opponent, noise * opponent.unit < noiseMin ? 0 : noise * strength, top),
    );
    putRowsBack({ ...page, data }, rows, top);
  }
  return { ...page, data };
}

function* strips(page: Pixels, opponent: Opponent) {
  for (let top = 0; top < page.height; top += stripRows) {
    yield opponentRows(page, opponent, top, Math.min(page.height, top + stripRows));
  }
}

function quietRows(page: Pixels, opponent: Opponent, noise: number, top: number): ArrayLike<number> {
  const bottom = Math.min(page.height, top + stripRows);
  if (noise === 0) return opponentRows(page, opponent, top, bottom).data;
  // The last strip may be lower than a block: it takes more of those above.
  const first = Math.max(0, Math.min(top, page.height - side) - margin);
  const rows = opponentRows(page, opponent, first, Math.min(page.height, bottom + margin));
  return withoutGrain(rows, noise).subarray((top - first) * page.width, (bottom - first) * page.width);
}

function putRowsBack(target: Pixels, rows: readonly ArrayLike<number>[], top: number): void {
  const count = rows[0]?.length ?? 0;
  const values = rows.map(() => 0);
  for (let at = 0, to = top * target.width * target.channels; at < count; at += 1, to += target.channels) {
    for (let index = 0; index < values.length; index += 1) values[index] = rows[index]?.[at] ?? 0;
    putBack(target.data, to, values);
  }
}
