import { noise } from './noise.js';

export type Operations = readonly { readonly operation: string; readonly [parameter: string]: unknown }[];

/** What people ask of pictures. None takes seconds of a core. */
const wishes: readonly Operations[] = [
  [
    { operation: 'resize', width: 400 },
    { operation: 'convert', format: 'webp' },
  ],
  [{ operation: 'autorotate' }, { operation: 'resize', width: 1600 }, { operation: 'convert', format: 'jpeg' }],
  [
    { operation: 'resize', width: 800, height: 800, fit: 'cover', position: 'attention' },
    { operation: 'convert', format: 'webp', quality: 70 },
  ],
  [
    { operation: 'crop', left: 50, top: 40, width: 300, height: 220 },
    { operation: 'convert', format: 'png' },
  ],
  [
    { operation: 'rotate', angle: 90 },
    { operation: 'grayscale' },
    { operation: 'convert', format: 'jpeg', quality: 85 },
  ],
  [
    { operation: 'resize', width: 900 },
    { operation: 'rotate', angle: -2.5, background: 'white' },
    { operation: 'convert', format: 'png' },
  ],
  [
    { operation: 'resize', width: 320 },
    { operation: 'convert', format: 'avif' },
  ],
  [
    { operation: 'resize', width: 500 },
    { operation: 'convert', format: 'avif', effort: 2 },
  ],
  [{ operation: 'flip' }, { operation: 'flop' }, { operation: 'convert', format: 'tiff' }],
  [
    { operation: 'resize', width: 1200 },
    { operation: 'convert', format: 'webp', effort: 7 },
  ],
];

/** Tasks that arrive together, and the pause after them. */
export interface Arrival {
  readonly tasks: readonly { readonly image: number; readonly operations: Operations }[];
  readonly pauseMs: number;
}

const burstMax = 12;
/** A pause lasts so long for each task before it, on average, ms. */
const pausePerTaskMs = 150;

/**
 * So many tasks, half of the arrivals one task alone, half a burst. The same for the same seed.
 * @param images how many there are
 */
export function arrivals(count: number, images: number, seed: number): Arrival[] {
  const bytes = noise(8 * count, seed).values();
  /** From 0 to below 1. */
  const random = (): number => (bytes.next().value ?? 0) / 256;
  const pick = (of: number): number => Math.floor(random() * of);
  const found: Arrival[] = [];
  for (let left = count; left > 0;) {
    const size = Math.min(left, random() < 0.5 ? 1 : 2 + pick(burstMax - 1));
    const tasks = Array.from({ length: size }, () => ({
      image: pick(images),
      operations: wishes[pick(wishes.length)] ?? [],
    }));
    found.push({ tasks, pauseMs: size * pausePerTaskMs * 2 * random() });
    left -= size;
  }
  return found;
}
