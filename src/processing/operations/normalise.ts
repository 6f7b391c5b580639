import { type Background, backgroundOf } from '../clean-up/background.js';
import { lightnessOf, quantile } from '../clean-up/plane.js';
import { isNegative } from '../clean-up/polarity.js';
import { type Pixels } from '../native.js';
import { defineOperation } from '../operation.js';

interface NormaliseParameters {
  window?: number;
}

/** What is darker still is no paper, but the lid of the scanner or the table: the darker it is, the more it stays so. */
const gainMax = 8;
/** Paper that reaches less of the light around it is no paper. */
const reachedMin = 0.75;
/** Paper that is as light as this all over is left alone: every pixel stays what it was. */
const whiteMin = 250;

export const normalise = defineOperation<NormaliseParameters>({
  name: 'normalise',
  summary:
    'Evens out the light on a scanned or photographed page: shadows, folds and grey paper become white, print stays dark, colours keep their hue. A page that is white already stays as it is, and so does light print on dark ground. For text; photographs lose their tones.',
  parameters: {
    window: {
      type: 'number',
      minimum: 0.01,
      maximum: 0.5,
      description:
        'What is narrower than this share of the longer side is print, and stays dark; what is wider is shadow, and becomes light.',
      default: 0.05,
      examples: [0.1],
    },
  },
  work: (pages, { window = 0.05 }) => ({ pages: pages.map((page) => evened(page, window)) }),
});

function evened(page: Pixels, window: number): Pixels {
  const light = lightnessOf(page);
  if (isNegative(light)) return page;
  const background = backgroundOf(light, window);
  if (quantile(background, 0.01) >= whiteMin) return page;
  return lightened(page, background);
}

/** Every pixel divided by the background under it, which is interpolated between the points where it is known. */
function lightened(page: Pixels, { data, width, height, factor, reached }: Background): Pixels {
  const gains: Float32Array = Float32Array.from(data, (light) => gainFor(light * Math.max(reachedMin, reached)));
  const made = Buffer.alloc(page.data.length);
  const line = new Float32Array(width);
  for (let y = 0; y < page.height; y += 1) {
    const [above, share] = place(y, factor, height);
    const below = Math.min(above + 1, height - 1);
    for (let x = 0; x < width; x += 1) {
      line[x] = (gains[above * width + x] ?? 1) * (1 - share) + (gains[below * width + x] ?? 1) * share;
    }
    brightenRow(page, made, y, line, factor);
  }
  return { ...page, data: made };
}

function gainFor(background: number): number {
  return Math.max(1, Math.min(255 / Math.max(1, background), (gainMax ** 2 * background) / 255));
}

function brightenRow(page: Pixels, made: Buffer, y: number, gains: Float32Array, factor: number): void {
  const { data, width, channels } = page;
  const colours = channels > 2 ? 3 : 1;
  for (let x = 0, at = y * width * channels; x < width; x += 1, at += channels) {
    const [left, share] = place(x, factor, gains.length);
    const gain = (gains[left] ?? 1) * (1 - share) + (gains[Math.min(left + 1, gains.length - 1)] ?? 1) * share;
    for (let channel = 0; channel < channels; channel += 1) {
      const value = data[at + channel] ?? 0;
      made[at + channel] = channel < colours ? Math.min(255, value * gain + 0.5) : value;
    }
  }
}

/** Between which two points a pixel lies, and how far it is from the first. */
function place(pixel: number, factor: number, points: number): readonly [number, number] {
  const exact = Math.max(0, Math.min(points - 1, (pixel + 0.5) / factor - 0.5));
  const first = Math.floor(exact);
  return [first, exact - first];
}
