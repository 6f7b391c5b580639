import { type ExtraFormat } from './formats.js';

/** A limit on everything, each with its why. */
export interface Limits {
  /** Pixels of an input, over all its pages, as its header states them. */
  readonly pixelsMax: number;
  /** Pages or frames of an input. */
  readonly framesMax: number;
  /** Pixels of what any operation makes, over all pages. */
  readonly outputPixelsMax: number;
  /** Wall-clock time of one processing job once it runs; the child is killed then. Milliseconds. */
  readonly timeoutMs: number;
  /** The same for reading a header. Milliseconds. */
  readonly inspectTimeoutMs: number;
  /** The same for telling what an image looks like, for which its pixels are decoded. Milliseconds. */
  readonly hashTimeoutMs: number;
  /** Memory of a child, resident, while it has a job; it is killed then. Bytes. Watched on Linux alone. */
  readonly memoryMax: number;
  /** Jobs after which a child is replaced. */
  readonly jobsPerChild: number;
  /** What is read beside the formats that are always. */
  readonly formatsExtra: readonly ExtraFormat[];
}

export const defaultLimits: Limits = {
  // Every camera and phone in common use stays below; at 4 bytes a pixel it is 200 MB, which a small machine can hold once a core.
  pixelsMax: 50_000_000,
  // 40 s of animation at 25 frames a second. Tiny frames by the ten thousand cost time that pixels do not show.
  framesMax: 1_000,
  // Twice the input, for a rotation by 45 degrees doubles the area of a square.
  outputPixelsMax: 100_000_000,
  // TASK_SECONDS_MAX. A 50-megapixel AVIF takes half a minute to write on one core; four times that is a fault.
  timeoutMs: 120_000,
  // A header is read in milliseconds; longer is an attack or a disk that is gone, and uploads may wait behind it.
  inspectTimeoutMs: 5_000,
  // Whoever inspects an image waits for it, and tasks behind that one; 12 megapixels of AVIF, the slowest, take half a second.
  hashTimeoutMs: 3_000,
  // CHILD_BYTES_MAX. Below 1 GiB by what a child can take between two looks. The largest images stay below as a rule: their pixels
  // are held once (through-file.ts), which for 100 million of 8 bytes is 763 MiB. What an encoder takes beside them is not ours to bound.
  memoryMax: 960 * 1024 * 1024,
  // Native code fragments memory: a fresh process is cheaper than one that has grown.
  jobsPerChild: 500,
  // A loader that is not needed is a way in that is not there.
  formatsExtra: [],
};

/** Pixels of a page that is read. The engine needs some ten bytes a pixel; a page of A3 at 400 dots per inch stays below. */
export const ocrPixelsMax = 40_000_000;

/** Pixels along a side of such a page: Tesseract counts them in 16 bits, and finds nothing at all beyond. */
export const ocrSideMax = 32_767;

/** Operations in one list. Nobody needs more; each may cost a pass over all pixels. */
export const operationsMax = 20;

/** Pixels an inch that may be asked for: from a thumbnail, A4 of 150 pixels across, to a printer's plate. */
export const densityRange = { minimum: 18, maximum: 1200 } as const;

/** Pixels along a side that may be asked for: what WebP can hold (14 bits), so that any list of operations can end in any format. */
export const sideMax = 16_383;
