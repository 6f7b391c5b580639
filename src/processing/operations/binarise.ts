import { inverted, lightnessOf } from '../clean-up/plane.js';
import { isNegative } from '../clean-up/polarity.js';
import { inkOf, usualK, windowFor } from '../clean-up/threshold.js';
import { type Pixels } from '../native.js';
import { defineOperation } from '../operation.js';

interface BinariseParameters {
  window?: number;
  k?: number;
}

export const binarise = defineOperation<BinariseParameters>({
  name: 'binarise',
  summary:
    'Makes a page black and white, each pixel by what is around it, so that print stands out from uneven paper. One grey channel is left, of 0 and 255; what was transparent is white.',
  parameters: {
    window: {
      type: 'integer',
      minimum: 3,
      maximum: 999,
      description:
        'Pixels along the side of the square around each; some times the size of letters. Without it, a 40th of the shorter side.',
      examples: [61],
    },
    k: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      description: 'How much darker than its surroundings ink has to be: less keeps more of faint print, and of dirt.',
      default: usualK,
      examples: [0.2],
    },
  },
  colours: () => 'grey',
  work: (pages, { window, k }) => ({ pages: pages.map((page) => blackAndWhite(page, window, k)) }),
});

function blackAndWhite(page: Pixels, window = windowFor(page), k = usualK): Pixels {
  const light = lightnessOf(page);
  const negative = isNegative(light);
  const print = negative ? 255 : 0;
  const ink = inkOf(negative ? inverted(light) : light, { window, k });
  return { ...page, data: Buffer.from(ink.data.map((is) => (is === 1 ? print : 255 - print))), channels: 1 };
}
