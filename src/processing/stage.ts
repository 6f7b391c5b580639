import { type OutputInfo, type Sharp } from 'sharp';
import { megapixels, ProcessingFailure } from './failure.js';
import { type Header } from './header.js';
import { type Limits } from './limits.js';
import { openFile, openPixels, pagesOf, type Pixels } from './native.js';
import { type Operation, type OperationCall, type OperationContext, type Size } from './operation.js';
import { type Finding } from './pixel-work.js';

/** What stays the same through all stages of a job. */
export interface Journey {
  readonly input: string;
  readonly header: Header;
  readonly limits: Limits;
  /** Are all pages carried along, or the first alone? */
  readonly pages: 'all' | 'first';
  /** Are channels of 16 bits kept? */
  readonly deep: boolean;
}

/** The picture between two stages. Without `pixels` it is still the input file. */
export interface Picture {
  readonly pixels?: Pixels;
  readonly size: Size;
  readonly pages: number;
  /** EXIF orientation that is not applied yet. */
  readonly orientation: number;
  readonly grey: boolean;
}

/**
 * sharp works in an order of its own, whatever order its methods are called in (its src/pipeline.cc). Operations that come in
 * this order share a stage, in which a large JPEG is shrunk while it is decoded; any other begins a stage of its own.
 */
const sharpsOrder = ['autorotate', 'crop', 'flatten', 'resize'];

/** These take effect as the pixels leave a stage, wherever in it they stand. */
const whenLeaving = ['grayscale', 'convert'];

/** One pipeline of sharp, holding operations that it executes in the order in which they were asked for. */
export class Stage {
  readonly #journey: Journey;
  readonly #source: Picture;
  readonly operations: string[] = [];
  #image: Sharp;
  #size: Size;
  #orientation: number;
  #grey: boolean;
  /** Place of the last operation in sharp's order. */
  #place = -1;

  constructor(journey: Journey, source: Picture) {
    this.#journey = journey;
    this.#source = source;
    this.#image = source.pixels ? openPixels(source.pixels) : openInput(journey);
    this.#size = source.size;
    this.#orientation = source.orientation;
    this.#grey = source.grey;
  }

  /** Can it be added without disturbing the order? What an empty stage does not take wants `eachPage`. */
  takes(operation: Operation, call: OperationCall): boolean {
    // Coloured paint on what became grey here: the grey has to be made first.
    if (this.#grey && operation.colours(call) === 'rgb' && this.operations.length > 0) return false;
    if (whenLeaving.includes(operation.name) || this.#isIdle(operation)) return true;
    const place = this.#placeOf(operation);
    return place >= 0 ? place > this.#place : this.#place < 0 && this.#source.pages === 1;
  }

  /** @throws ProcessingFailure where such an image does not allow it */
  add(operation: Operation, call: OperationCall): void {
    this.operations.push(operation.name);
    if (this.#isIdle(operation)) return;
    const size = operation.size(call, this.#context);
    holdLimit(this.#journey.limits, operation, size, this.#source.pages);
    if (this.#grey && operation.colours(call) === 'rgb') {
      this.#image = this.#image.pipelineColourspace(this.#journey.deep ? 'rgb16' : 'srgb');
    }
    this.#image = operation.apply(this.#image, call, this.#context);
    this.#size = size;
    if (operation.name === 'autorotate') this.#orientation = 1;
    const colours = operation.colours(call);
    if (colours !== 'kept') this.#grey = colours === 'grey';
    const place = this.#placeOf(operation);
    if (!whenLeaving.includes(operation.name)) this.#place = place >= 0 ? place : Infinity;
  }

  /** Runs the stage and keeps its pixels, uncompressed. */
  async develop(): Promise<Picture> {
    if (this.operations.length === 0 && this.#source.pixels) return this.#source;
    const { deep } = this.#journey;
    const { data, info } = await this.leave()
      .raw({ depth: deep ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const size = { width: info.width, height: heightOfPage(info, this.#source.pages) };
    const pages = this.#source.pages;
    const pixels = { data, ...size, pages, channels: info.channels, deep };
    return { pixels, size, pages, orientation: this.#orientation, grey: this.#grey };
  }

  /** The pipeline with its colours set for what comes next: an encoder or another stage. */
  leave(): Sharp {
    const { header, deep } = this.#journey;
    const image = this.#image.toColourspace(this.#grey ? (deep ? 'grey16' : 'b-w') : deep ? 'rgb16' : 'srgb');
    // sharp takes 16-bit pixels with a profile to Display P3 rather than sRGB, and would leave them there.
    const strayed = this.readsFile && header.depth === 16 && header.profile && header.colours === 'rgb' && !this.#grey;
    return strayed ? image.withIccProfile('srgb', { attach: false }) : image;
  }

  /**
   * Passes on an orientation that nobody applied, for the image would lie on its side otherwise. It is the only metadata that
   * stays: the rest may tell where a photograph was taken.
   */
  tagOrientation(image: Sharp): Sharp {
    // An empty set of EXIF fields replaces those of the file; libvips keeps the orientation apart from them.
    if (this.readsFile) return image.withExif({});
    // withMetadata() would also convert to sRGB and attach it: from a profile to itself nothing changes, and nothing is attached.
    const profile = this.#journey.deep ? 'p3' : 'srgb';
    return image.withMetadata({ orientation: this.#orientation }).withIccProfile(profile, { attach: false });
  }

  get size(): Size {
    return this.#size;
  }

  get pages(): number {
    return this.#source.pages;
  }

  get orientation(): number {
    return this.#orientation;
  }

  /** Is the input file what this stage reads? */
  get readsFile(): boolean {
    return this.#source.pixels === undefined;
  }

  get #context(): OperationContext {
    return {
      header: this.#journey.header,
      orientation: this.#orientation,
      size: this.#size,
      pages: this.#source.pages,
      fromFile: this.readsFile,
    };
  }

  #isIdle({ name }: Operation): boolean {
    return name === 'autorotate' && this.#orientation === 1;
  }

  /** -1 for what needs a stage of its own; pixels have no EXIF, and of several pages sharp turns none upright. */
  #placeOf({ name }: Operation): number {
    if (name === 'autorotate' && (!this.readsFile || this.#source.pages > 1)) return -1;
    return sharpsOrder.indexOf(name);
  }
}

/**
 * Mirroring and turning, page by page: sharp holds several pages as one long strip, which it would turn as a whole.
 * @param picture with pixels
 */
export async function eachPage(
  journey: Journey,
  picture: Picture,
  operation: Operation,
  call: OperationCall,
): Promise<Picture> {
  const developed: Picture[] = [];
  for (const pixels of picture.pixels ? pagesOf(picture.pixels) : []) {
    const stage = new Stage(journey, { ...picture, pixels, pages: 1 });
    stage.add(operation, call);
    developed.push(await stage.develop());
  }
  const pages = developed.flatMap(({ pixels }) => pixels ?? []);
  const [first] = developed;
  if (!first?.pixels) throw new TypeError('A picture without pixels has no pages.');
  const pixels = { ...first.pixels, data: Buffer.concat(pages.map(({ data }) => data)), pages: pages.length };
  return { ...first, pixels, pages: pages.length };
}

/**
 * An operation on pixels.
 * @param picture with pixels
 */
export function onPixels(
  { limits }: Journey,
  picture: Picture,
  operation: Operation,
  call: OperationCall,
): { picture: Picture; finding?: Finding } {
  const { pages, finding } = operation.work?.(picture.pixels ? pagesOf(picture.pixels) : [], call) ?? { pages: [] };
  const [first] = pages;
  if (!first) throw new TypeError('A picture without pixels has no pages.');
  holdLimit(limits, operation, first, pages.length);
  const data = pages.length === 1 ? first.data : Buffer.concat(pages.map((page) => page.data));
  const { width, height, channels } = first;
  const worked = { ...picture, pixels: { ...first, data, pages: pages.length }, size: { width, height } };
  return { picture: { ...worked, grey: channels <= 2 }, ...(finding && { finding }) };
}

function holdLimit({ outputPixelsMax }: Limits, { name }: Operation, { width, height }: Size, pages: number): void {
  const pixels = width * height * pages;
  if (pixels <= outputPixelsMax) return;
  throw new ProcessingFailure(
    'too-large',
    `${name} would make an image of ${megapixels(pixels)}; the limit is ${megapixels(outputPixelsMax)}.`,
  );
}

function openInput({ input, limits, pages }: Journey): Sharp {
  return openFile(input, limits, pages);
}

/** sharp tells the height of the whole strip. */
export function heightOfPage(info: OutputInfo, pages: number): number {
  return info.pageHeight ?? info.height / pages;
}
