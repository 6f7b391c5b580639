import { hasImpulses, medians } from '../clean-up/impulses.js';
import { noiseOf } from '../clean-up/noise.js';
import { nonLocalMeans } from '../clean-up/non-local-means.js';
import { lightnessOf } from '../clean-up/plane.js';
import { type Pixels } from '../native.js';
import { defineOperation } from '../operation.js';

interface DenoiseParameters {
  strength?: number;
}

/** Less noise than this, as a standard deviation of 255, is neither seen nor in the way of reading. */
const noiseMin = 4;

export const denoise = defineOperation<DenoiseParameters>({
  name: 'denoise',
  summary:
    "Takes away the noise of scanners and cameras: single black and white pixels by a median, grain by the mean of what looks alike nearby, as strongly as the noise that is measured. An image with hardly any stays as it is. The outcome's findings tell the noise of the first page, as a standard deviation of 0 to 255.",
  parameters: {
    strength: {
      type: 'number',
      minimum: 0.1,
      maximum: 4,
      description: 'More smooths more, and blurs what is faint.',
      default: 1,
      examples: [1.5],
    },
  },
  work(pages, { strength = 1 }) {
    const quiet = pages.map((page) => quietened(page, strength));
    return { pages: quiet.map(({ page }) => page), finding: { noise: Math.round((quiet[0]?.noise ?? 0) * 10) / 10 } };
  },
});

function quietened(page: Pixels, strength: number): { page: Pixels; noise: number } {
  const light = lightnessOf(page);
  const noise = noiseOf(light);
  const even = hasImpulses(light) ? medians(page) : page;
  const left = even === page ? noise : noiseOf(lightnessOf(even));
  return { page: left < noiseMin ? even : nonLocalMeans(even, left, strength), noise };
}
