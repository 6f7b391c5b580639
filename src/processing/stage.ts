import { type OutputInfo, type Sharp } from 'sharp';
import { letGo } from '../let-go.js';
import { megapixels, ProcessingFailure } from './failure.js';
import { type Journey } from './journey.js';
import { type Limits } from './limits.js';
import { openFile, openPixels, type Pixels } from './native.js';
import { type Operation, type OperationCall, type OperationContext, type Size } from './operation.js';
import { throughFile } from './through-file.js';

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
const sharpsOrder = ['autorotate', 'crop', 'flatten', 'resize', 'extend', 'blur', 'sharpen'];

/** sharp holds several pages as one long strip, which it would turn as a whole, and scale and blur across the seams. */
const pageByPage = ['autorotate', 'resize', 'blur', 'sharpen'];

/** These mix neighbouring pixels, weighed by their alpha, if there was any when the stage began. */
const weighing = ['blur', 'sharpen'];

/** More is passed on by way of a file. Photographs of telephones, 12 megapixels, stay below, and a file is not worth it for them. */
const bytesAtHand = 64 * 1024 * 1024;

/** These take effect as the pixels leave a stage, wherever in it they stand. */
const whenLeaving = ['grayscale', 'metadata', 'convert'];

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
  /** Has an operation of this stage laid bare what was opaque? */
  #bared = false;

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
    const colours = operation.colours(call);
    const usesColours = colours === 'rgb' || colours === 'toned';
    // Coloured paint on what became grey here: the grey has to be made first. What strays has to be brought back.
    if (usesColours && ((this.#grey && this.operations.length > 0) || this.#strays)) return false;
    if (whenLeaving.includes(operation.name) || this.#isIdle(operation)) return true;
    if (this.#bared && weighing.includes(operation.name)) return false;
    const place = this.#placeOf(operation, call);
    return place >= 0 ? place > this.#place : this.#place < 0 && this.#source.pages === 1;
  }

  /** @throws ProcessingFailure where such an image does not allow it */
  async add(operation: Operation, call: OperationCall): Promise<void> {
    this.operations.push(operation.name);
    if (this.#isIdle(operation)) return;
    const size = operation.size(call, this.context);
    holdLimit(this.#journey.limits, operation, size, this.#source.pages);
    if (this.#grey && operation.colours(call) === 'rgb') {
      this.#image = this.#image.pipelineColourspace(this.#journey.deep ? 'rgb16' : 'srgb');
    }
    this.#image = await operation.apply(this.#image, call, this.context);
    this.#size = size;
    if (operation.name === 'autorotate') this.#orientation = 1;
    const colours = operation.colours(call);
    if (colours === 'grey' || colours === 'rgb') this.#grey = colours === 'grey';
    this.#bared ||= operation.bares(call);
    const place = this.#placeOf(operation, call);
    if (!whenLeaving.includes(operation.name)) this.#place = place >= 0 ? place : Infinity;
  }

  /** Runs the stage and keeps its pixels, uncompressed. It is not to be run again: what it was made of may be gone. */
  async develop(): Promise<Picture> {
    if (this.operations.length === 0 && this.#source.pixels) return this.#source;
    // Of a grey image sharp's raw pixels have lost their alpha, but where they have 16 bits.
    const deep = this.#journey.deep || (this.#grey && (this.context.transparency || this.#bared));
    const { data, info } = await this.#run(deep);
    const size = { width: info.width, height: heightOfPage(info, this.#source.pages) };
    const pages = this.#source.pages;
    const pixels = { data, ...size, pages, channels: info.channels, deep };
    return { pixels, size, pages, orientation: this.#orientation, grey: this.#grey };
  }

  #run(deep: boolean): Promise<{ data: Buffer; info: OutputInfo }> {
    const image = this.leave(deep);
    const { pixels, pages } = this.#source;
    const bytes = this.#size.width * this.#size.height * pages * 4 * (deep ? 2 : 1);
    if (bytes > bytesAtHand) return throughFile(image, this.#journey.scratch, () => pixels && letGo(pixels.data));
    return image.raw({ depth: deep ? 'ushort' : 'uchar' }).toBuffer({ resolveWithObject: true });
  }

  /** The pipeline with its colours set for what comes next: an encoder or another stage. */
  leave(deep = this.#journey.deep): Sharp {
    const image = this.#image.toColourspace(this.#grey ? (deep ? 'grey16' : 'b-w') : deep ? 'rgb16' : 'srgb');
    return this.#strays && !this.#grey ? image.withIccProfile('srgb', { attach: false }) : image;
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

  get grey(): boolean {
    return this.#grey;
  }

  get orientation(): number {
    return this.#orientation;
  }

  /** Is the input file what this stage reads? */
  get readsFile(): boolean {
    return this.#source.pixels === undefined;
  }

  /** sharp takes 16-bit pixels with a profile to Display P3 rather than sRGB, and would leave them there. */
  get #strays(): boolean {
    const { header } = this.#journey;
    return this.readsFile && header.depth === 16 && header.profile && header.colours === 'rgb';
  }

  get context(): OperationContext {
    const { header, deep, limits, inputs } = this.#journey;
    const { pixels } = this.#source;
    return {
      ...{ header, deep, limits, inputs },
      transparency: pixels === undefined ? header.transparency : pixels.channels % 2 === 0,
      orientation: this.#orientation,
      size: this.#size,
      pages: this.#source.pages,
      fromFile: this.readsFile,
    };
  }

  #isIdle({ name }: Operation): boolean {
    // How the input is read was settled before the first stage.
    return name === 'read' || (name === 'autorotate' && this.#orientation === 1);
  }

  /** -1 for what needs a stage of its own; pixels have no EXIF that could turn them upright. */
  #placeOf(operation: Operation, call: OperationCall): number {
    const { name } = operation;
    if (name === 'autorotate' && !this.readsFile) return -1;
    if (this.#source.pages > 1 ? pageByPage.includes(name) : operation.alone(call)) return -1;
    return sharpsOrder.indexOf(name);
  }
}

/** @throws ProcessingFailure `too-large` */
export function holdLimit(
  { outputPixelsMax }: Limits,
  { name }: Operation,
  { width, height }: Size,
  pages: number,
): void {
  const pixels = width * height * pages;
  if (pixels <= outputPixelsMax) return;
  throw new ProcessingFailure(
    'too-large',
    `${name} would make an image of ${megapixels(pixels)}; the limit is ${megapixels(outputPixelsMax)}.`,
  );
}

function openInput({ input, limits, pages, reading }: Journey): Sharp {
  return openFile(input, limits, pages, reading.page);
}

/** sharp tells the height of the whole strip. */
export function heightOfPage(info: Pick<OutputInfo, 'height' | 'pageHeight'>, pages: number): number {
  return info.pageHeight ?? info.height / pages;
}
