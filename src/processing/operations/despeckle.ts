import { type Component } from '../clean-up/components.js';
import { lightnessOf, type Plane } from '../clean-up/plane.js';
import { specksOf } from '../clean-up/specks.js';
import { inkOf, windowFor } from '../clean-up/threshold.js';
import { type Pixels } from '../native.js';
import { defineOperation } from '../operation.js';

interface DespeckleParameters {
  size?: number;
}

export const despeckle = defineOperation<DespeckleParameters>({
  name: 'despeckle',
  summary:
    "Paints over dirt: dark specks that are small beside the page's own letters. Dots on letters and full stops stay; a page without text stays as it is. The outcome's findings tell how many specks went.",
  parameters: {
    size: {
      type: 'number',
      minimum: 0.01,
      maximum: 1,
      description: "Specks are up to this share of the letters' height, and near letters half of it.",
      default: 0.15,
      examples: [0.2],
    },
  },
  work(pages, { size = 0.15 }) {
    const cleaned = pages.map((page) => withoutSpecks(page, size));
    const specks = cleaned.reduce((sum, { count }) => sum + count, 0);
    return { pages: cleaned.map(({ page }) => page), finding: { specks } };
  },
});

function withoutSpecks(page: Pixels, size: number): { page: Pixels; count: number } {
  const ink = inkOf(lightnessOf(page), { window: windowFor(page) });
  const specks = specksOf(ink, size);
  if (specks.length === 0) return { page, count: 0 };
  const data = Buffer.from(page.data);
  for (const speck of specks) paintOver({ ...page, data }, page, ink, speck);
  return { page: { ...page, data }, count: specks.length };
}

/** The speck and its soft rim, one pixel wide, get the mean colour of the paper two pixels around. */
function paintOver(target: Pixels, source: Pixels, ink: Plane, speck: Component): void {
  const paper = new Float64Array(source.channels);
  let count = 0;
  for (const at of within(ink, speck, 2)) {
    if (ink.data[at] === 1) continue;
    count += 1;
    for (let channel = 0; channel < paper.length; channel += 1) {
      paper[channel] = (paper[channel] ?? 0) + (source.data[at * paper.length + channel] ?? 0);
    }
  }
  if (count === 0) return;
  const isOwn = (at: number) => ink.data[at] === 0 || contains(speck, at, ink.width);
  for (const at of within(ink, speck, 1)) {
    if (isOwn(at)) paper.forEach((sum, channel) => (target.data[at * paper.length + channel] = sum / count + 0.5));
  }
}

function contains({ left, top, right, bottom }: Component, at: number, width: number): boolean {
  const [x, y] = [at % width, Math.floor(at / width)];
  return x >= left && x < right && y >= top && y < bottom;
}

/** Pixels of the box around a component, widened. */
function* within({ width, height }: Plane, { left, top, right, bottom }: Component, wider: number): Generator<number> {
  for (let y = Math.max(0, top - wider); y < Math.min(height, bottom + wider); y += 1) {
    for (let x = Math.max(0, left - wider); x < Math.min(width, right + wider); x += 1) yield y * width + x;
  }
}
