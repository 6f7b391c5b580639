import { around, type Box, frameOf } from '../clean-up/box.js';
import { medianColour } from '../clean-up/median-colour.js';
import { type Skew, skewOf, skewMax } from '../clean-up/skew.js';
import { turned, turnedPoint } from '../clean-up/turn.js';
import { defineOperation, type Size } from '../operation.js';

/** Degrees. Less is not worth weighing every pixel anew, which costs sharpness. */
const angleMin = 0.15;
/** Very long and narrow pages would grow a lot; so much more area is what holding a square turned by 45 degrees takes. */
const growthMax = 2;

export const deskew = defineOperation<Record<never, never>>({
  name: 'deskew',
  summary: `Turns pages of text upright that were scanned askew, by up to ${skewMax} degrees either way; each page by its own angle. A page in which no lines of text are found stays as it is. Pages keep their size, and grow only where letters would be cut off; the corners get the colour of the paper. What lies on its side wants \`autorotate\` or \`rotate\` first. The outcome's findings tell the angle by which the page had been turned, in degrees, clockwise.`,
  parameters: {},
  work(pages) {
    const skews = pages.map(skewOf);
    const boxes = pages.map((page, index) => keptBox(page, skews[index]));
    const box = boxes.reduce(around);
    const angles = skews.map(({ angle }) => Math.round(angle * 100) / 100);
    const finding = { angle: angles[0] ?? 0, ...(pages.length > 1 && { angles }) };
    if (angles.every((angle) => Math.abs(angle) < angleMin) || isTooLarge(box, pages[0])) return { pages, finding };
    return {
      pages: pages.map((page, index) => turned(page, -(angles[index] ?? 0), box, medianColour(page, [frameOf(page)]))),
      finding,
    };
  },
});

/** The page's frame, and beyond it what holds the letters once they are turned. */
function keptBox(page: Size, skew?: Skew): Box {
  const frame = frameOf(page);
  if (!skew || Math.abs(skew.angle) < angleMin) return frame;
  return skew.letters
    .flatMap(({ left, top, right, bottom }) => [
      [left, top],
      [right, top],
      [left, bottom],
      [right, bottom],
    ])
    .map(([x = 0, y = 0]) => turnedPoint(page, -skew.angle, x, y))
    .map(([x, y]) => ({ left: Math.floor(x), top: Math.floor(y), right: Math.ceil(x) + 1, bottom: Math.ceil(y) + 1 }))
    .reduce(around, frame);
}

function isTooLarge({ left, top, right, bottom }: Box, page?: Size): boolean {
  return page !== undefined && (right - left) * (bottom - top) > growthMax * page.width * page.height;
}
