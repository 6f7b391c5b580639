import { quietened } from '../clean-up/grain.js';
import { withoutImpulses } from '../clean-up/impulses.js';
import { noiseOf } from '../clean-up/noise.js';
import { lightnessOf } from '../clean-up/plane.js';
import { type Pixels } from '../native.js';
import { defineOperation } from '../operation.js';

interface DenoiseParameters {
  strength?: number;
}

export const denoise = defineOperation<DenoiseParameters>({
  name: 'denoise',
  summary:
    "Takes away the noise of scanners and cameras: single black and white pixels by the median of those around them, grain by leaving out of each small block the frequencies that do not stand out from the noise that is measured. An image with hardly any stays as it is. The outcome's findings tell the noise of the first page, as a standard deviation of 0 to 255.",
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
    const quiet = pages.map((page) => cleaned(page, strength));
    return { pages: quiet.map(({ page }) => page), finding: { noise: Math.round((quiet[0]?.noise ?? 0) * 10) / 10 } };
  },
});

function cleaned(page: Pixels, strength: number): { page: Pixels; noise: number } {
  return { page: quietened(withoutImpulses(page), strength), noise: noiseOf(lightnessOf(page)) };
}
