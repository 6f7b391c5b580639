import { writeFile } from 'node:fs/promises';
import { carriesPages, type Conversion, conversionOf, makesText } from './conversion.js';
import { ProcessingFailure } from './failure.js';
import { formatOf } from './formats.js';
import { type Header, type StoredHeader, type WrittenHeader } from './header.js';
import { inspect, unreadable } from './inspect.js';
import { type Limits } from './limits.js';
import { openFile } from './native.js';
import { type Operation, type OperationCall } from './operation.js';
import { recognise } from './ocr/recognise.js';
import { type Recognition } from './ocr/recognition.js';
import { catalogue } from './operations.js';
import { eachPage, heightOfPage, Stage, type Journey } from './stage.js';

/** How far a job is. */
export interface Progress {
  readonly operation: string;
  /** Of the operation that is being done, from 1. */
  readonly step: number;
  /** How many there are. */
  readonly of: number;
  /** Of all, 0 to 100. */
  readonly percent: number;
}

/** Milliseconds. Decoding is part of the first stage that runs, which is the last as well where one is enough. */
export interface Durations {
  readonly inspect: number;
  readonly operations: number;
  readonly encode: number;
  readonly total: number;
}

interface Done {
  readonly ok: true;
  /** Of the input. */
  readonly input: StoredHeader;
  readonly durations: Durations;
}

/** The output is an image. */
export type ProcessedImage = Done & { readonly header: WrittenHeader; readonly recognition?: undefined };

/** The output is a PDF of the pages, with the text in it. */
export type ProcessedText = Done & { readonly recognition: Recognition; readonly header?: undefined };

export type Processed = ProcessedImage | ProcessedText;

export interface Assignment {
  /** Path of an image file. */
  readonly input: string;
  /** Path of a file that is written or overwritten. */
  readonly output: string;
  /** Checked by `parseOperations`. */
  readonly operations: readonly OperationCall[];
}

/**
 * Input file → operations in order → output file.
 * @throws ProcessingFailure what is wrong with the image, or with doing this to it
 */
export async function run(
  { input, output, operations }: Assignment,
  limits: Limits,
  report: (progress: Progress) => void,
): Promise<Processed> {
  const started = performance.now();
  const header = await inspect(input, limits);
  const inspected = performance.now();

  const conversion = conversionOf(operations, header.format);
  const pages = carriesPages(operations, header.format) ? 'all' : 'first';
  const journey = { input, header, limits, pages, deep: staysDeep(header, conversion) } as const;
  const calls = withoutTransparency(asSeen(operations), header, conversion);
  const stage = await through(calls, journey, (call, index) => report(progressAt(call, index, operations)));
  const developed = performance.now();

  const made = makesText(operations)
    ? { recognition: await read(stage, journey, operations, output, report) }
    : { header: await write(stage, conversion, journey, output) };
  const ended = performance.now();
  return {
    ok: true,
    input: { mediaType: header.mediaType, width: header.width, height: header.height, pages: header.pages },
    ...made,
    durations: {
      inspect: inspected - started,
      operations: developed - inspected,
      encode: ended - developed,
      total: ended - started,
    },
  };
}

/** Are 16 bits a channel kept? */
function staysDeep({ depth, colours }: Header, { format }: Conversion): boolean {
  return depth === 16 && (colours === 'rgb' || colours === 'grey') && formatOf(format).deep;
}

/** A text has no place for an EXIF orientation: what is read is what a viewer shows. */
function asSeen(operations: readonly OperationCall[]): readonly OperationCall[] {
  return makesText(operations) ? [...operations, { operation: 'autorotate' }] : operations;
}

/** An operation of its own in front of the end: JPEG would show black where the image, or a corner after turning it, is transparent. */
function withoutTransparency(
  operations: readonly OperationCall[],
  header: Header,
  { format, call }: Conversion,
): readonly OperationCall[] {
  const mayBeTransparent =
    header.transparency ||
    operations.some(
      (each) => each.operation === 'rotate' || (each.operation === 'resize' && each['fit'] === 'contain'),
    );
  if (formatOf(format).transparency || !mayBeTransparent) return operations;
  return [...operations, { operation: 'flatten', background: call['background'] ?? 'white' }];
}

/** Takes the picture through all operations but the writing. As few stages as the order allows, the last of them not run yet. */
async function through(
  calls: readonly OperationCall[],
  journey: Journey,
  report: (call: OperationCall, index: number) => void,
): Promise<Stage> {
  const { header } = journey;
  let stage = new Stage(journey, {
    size: { width: header.width, height: header.height },
    pages: journey.pages === 'all' ? header.pages : 1,
    orientation: header.orientation ?? 1,
    grey: header.colours === 'grey',
  });
  for (const [index, call] of calls.entries()) {
    const operation = named(call.operation);
    report(call, index);
    if (operation.name === 'convert' || operation.name === 'ocr') continue;
    if (!stage.takes(operation, call)) {
      const picture = await decoded(stage, journey, () => stage.develop());
      stage = new Stage(journey, picture);
      if (!stage.takes(operation, call)) {
        stage = new Stage(journey, await eachPage(journey, picture, operation, call));
        continue;
      }
    }
    stage.add(operation, call);
  }
  return stage;
}

async function write(
  stage: Stage,
  { format, call }: Conversion,
  journey: Journey,
  output: string,
): Promise<WrittenHeader> {
  const { mediaType, sideMax, orientation } = formatOf(format);
  const { width, height } = stage.size;
  if (Math.max(width, height) > sideMax) {
    throw new ProcessingFailure(
      'operation-failed',
      `The image would be ${width}x${height}; a side of ${format} has at most ${sideMax} pixels.`,
    );
  }
  const context = { header: journey.header, size: stage.size, pages: stage.pages, orientation: 1, fromFile: false };
  const { data, info } = await decoded(stage, journey, () => {
    const image = named('convert').apply(stage.leave(), call, context);
    const tagged = orientation && stage.orientation > 1 ? stage.tagOrientation(image) : image;
    return tagged.toBuffer({ resolveWithObject: true });
  });
  await writeFile(output, data);
  return {
    format,
    mediaType,
    width: info.width,
    height: heightOfPage(info, stage.pages),
    pages: stage.pages,
    bytes: data.length,
  };
}

async function read(
  stage: Stage,
  journey: Journey,
  operations: readonly OperationCall[],
  output: string,
  report: (progress: Progress) => void,
): Promise<Recognition> {
  const { pixels } = await decoded(stage, journey, () => stage.develop());
  const call = operations.at(-1);
  if (!pixels || !call) throw new TypeError('There is nothing to be read.');
  const of = operations.length;
  const tell = (share: number): void =>
    report({ operation: call.operation, step: of, of, percent: Math.round(((of - 1 + share) / of) * 100) });
  return recognise(pixels, call, output, tell);
}

/** Runs a stage. libvips does not tell whose fault an error is, the file's or the operation's: so the file is tried alone. */
async function decoded<T>(stage: Stage, journey: Journey, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (stage.readsFile) await assertDecodes(journey);
    const message = error instanceof Error ? error.message.split('\n', 1)[0] : '';
    const names = stage.operations.join(', ') || 'convert';
    throw new ProcessingFailure(
      'operation-failed',
      `${names} failed: ${message?.replaceAll(journey.input, 'the image')}`,
    );
  }
}

async function assertDecodes({ input, header, limits, pages }: Journey): Promise<void> {
  try {
    await openFile(input, limits, pages).raw().toBuffer();
  } catch (error) {
    if (error instanceof Error && /differs? from page/i.test(error.message)) {
      throw new ProcessingFailure(
        'operation-failed',
        'The pages of this file differ in size or kind; send them one by one.',
      );
    }
    throw await unreadable(input, header.format, error);
  }
}

function progressAt({ operation }: OperationCall, index: number, operations: readonly OperationCall[]): Progress {
  const of = operations.length;
  const step = Math.min(index + 1, of);
  return { operation, step, of, percent: Math.round(((step - 1) / of) * 100) };
}

function named(name: string): Operation {
  const operation = catalogue.get(name);
  if (!operation) throw new TypeError(`There is no operation ${name}; the list was not checked.`);
  return operation;
}
