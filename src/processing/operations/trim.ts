import { around, type Box, cut, frameOf, overlap } from '../clean-up/box.js';
import { componentsOf } from '../clean-up/components.js';
import { medianColour } from '../clean-up/median-colour.js';
import { noiseOf } from '../clean-up/noise.js';
import { lightnessOf, type Plane } from '../clean-up/plane.js';
import { type Pixels } from '../native.js';
import { defineOperation, type Size } from '../operation.js';

interface TrimParameters {
  threshold?: number;
  margin?: number;
}

/** The edge whose middle colour is that of the border: so much of the shorter side. */
const edgeShare = 0.005;
/** Noise reaches so many deviations from the colour of the border, but for specks. */
const noiseReach = 4;
/** What has fewer pixels than this share of those along the shorter side is a speck, and no content: 25 of an A4 page at 300 dpi. */
const speckShare = 0.01;

export const trim = defineOperation<TrimParameters>({
  name: 'trim',
  summary:
    "Cuts off borders of one colour, whatever it is; noise and specks in them do not count. An image that is nothing but border stays as it is, and so does one that has none. Pages of one image are all cut alike, so that none loses anything. The outcome's findings tell the box that was kept.",
  parameters: {
    threshold: {
      type: 'integer',
      minimum: 1,
      maximum: 254,
      description: 'How far from the colour of the border, in any channel of 0 to 255, content has to be.',
      default: 32,
      examples: [10],
    },
    margin: {
      type: 'integer',
      minimum: 0,
      maximum: 10_000,
      description: 'Pixels of the border that are left around the content.',
      default: 0,
      examples: [20],
    },
  },
  work(pages, { threshold = 32, margin = 0 }) {
    const contents = pages.flatMap((page) => contentOf(page, threshold) ?? []);
    const frames = pages.map(frameOf);
    const kept = (contents.length > 0 ? contents : frames).reduce(around);
    const box = frames.reduce(overlap, grown(kept, margin));
    const { left, top, right, bottom } = box;
    return {
      pages: pages.map((page) => cut(page, box)),
      finding: { left, top, width: right - left, height: bottom - top },
    };
  },
});

function contentOf(page: Pixels, threshold: number): Box | undefined {
  const least = Math.max(threshold, noiseReach * noiseOf(lightnessOf(page)));
  const { components } = componentsOf(differing(page, medianColour(page, edgesOf(page)), least));
  const speck = Math.min(page.width, page.height) * speckShare;
  const contents: Box[] = components.filter(({ area }) => area >= speck);
  return contents.length > 0 ? contents.reduce(around) : undefined;
}

function edgesOf({ width, height }: Size): Box[] {
  const edge = Math.max(1, Math.round(Math.min(width, height) * edgeShare));
  return [
    { left: 0, top: 0, right: width, bottom: edge },
    { left: 0, top: height - edge, right: width, bottom: height },
    { left: 0, top: 0, right: edge, bottom: height },
    { left: width - edge, top: 0, right: width, bottom: height },
  ];
}

function differing({ data, width, height, channels }: Pixels, colour: readonly number[], least: number): Plane {
  const differs = new Uint8Array(width * height);
  for (let at = 0, from = 0; at < differs.length; at += 1, from += channels) {
    for (let channel = 0; channel < channels; channel += 1) {
      if (Math.abs((data[from + channel] ?? 0) - (colour[channel] ?? 0)) > least) differs[at] = 1;
    }
  }
  return { data: differs, width, height };
}

function grown({ left, top, right, bottom }: Box, margin: number): Box {
  return { left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin };
}
