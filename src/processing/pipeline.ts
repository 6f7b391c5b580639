import { writeFile } from 'node:fs/promises';
import { type Conversion, conversionOf, isTransparent } from './conversion.js';
import { eachPage, onPixels } from './each-page.js';
import { ProcessingFailure } from './failure.js';
import { formatOf } from './formats.js';
import { type Header, type StoredHeader, type WrittenHeader } from './header.js';
import { unreadable } from './inspect.js';
import { decodedFirst, headerOf, journeyOf } from './journey.js';
import { type Limits } from './limits.js';
import { keptBy, withKept } from './metadata.js';
import { openFile } from './native.js';
import { type Operation, type OperationCall } from './operation.js';
import { catalogue } from './operations.js';
import { encodePdf } from './pdf-pages.js';
import { type Finding, type Findings } from './pixel-work.js';
import { heightOfPage, Stage, type Journey } from './stage.js';

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

export interface Processed {
  readonly ok: true;
  /** Of the input. */
  readonly input: StoredHeader;
  /** Of the output. */
  readonly header: WrittenHeader;
  readonly findings: Findings;
  readonly durations: Durations;
}

export interface Assignment {
  /** Path of an image file. */
  readonly input: string;
  /** Path of a file that is written or overwritten. */
  readonly output: string;
  /** Checked by `parseOperations`. */
  readonly operations: readonly OperationCall[];
  /** Paths of further images, by what the operations call them. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/**
 * Input file → operations in order → output file.
 * @throws ProcessingFailure what is wrong with the image, or with doing this to it
 */
export async function run(
  { input, output, operations, inputs = {} }: Assignment,
  limits: Limits,
  report: (progress: Progress) => void,
): Promise<Processed> {
  const started = performance.now();
  const header = await headerOf(input, operations, limits);
  const inspected = performance.now();

  const conversion = conversionOf(operations, header.format);
  const journey = journeyOf(input, header, limits, operations, conversion, inputs);
  const calls = withoutTransparency(operations, header, conversion);
  const { stage, findings } = await through(calls, journey, (call, index) =>
    report(progressAt(call, index, operations)),
  );
  const developed = performance.now();

  const written = await write(stage, operations, conversion, journey, output);
  const ended = performance.now();
  return {
    ok: true,
    input: { mediaType: header.mediaType, width: header.width, height: header.height, pages: header.pages },
    header: written,
    findings,
    durations: {
      inspect: inspected - started,
      operations: developed - inspected,
      encode: ended - developed,
      total: ended - started,
    },
  };
}

/** An operation of its own in front of the end: JPEG would show black where the image, or a corner after turning it, is transparent. */
function withoutTransparency(
  operations: readonly OperationCall[],
  header: Header,
  conversion: Conversion,
): readonly OperationCall[] {
  const mayBeTransparent = header.transparency || operations.some((each) => named(each.operation).bares(each));
  if (isTransparent(conversion) || !mayBeTransparent) return operations;
  return [...operations, { operation: 'flatten', background: conversion.call['background'] ?? 'white' }];
}

/** Takes the picture through all operations but the writing. As few stages as the order allows, the last of them not run yet. */
async function through(
  calls: readonly OperationCall[],
  journey: Journey,
  report: (call: OperationCall, index: number) => void,
): Promise<{ stage: Stage; findings: Findings }> {
  const { header } = journey;
  const pixels = await decodedFirst(journey);
  const findings: Record<string, Finding> = {};
  let stage = new Stage(journey, {
    ...(pixels && { pixels }),
    size: { width: header.width, height: header.height },
    pages: journey.pages === 'all' ? header.pages : 1,
    orientation: header.orientation ?? 1,
    grey: header.colours === 'grey',
  });
  for (const [index, call] of calls.entries()) {
    const operation = named(call.operation);
    report(call, index);
    if (operation.name === 'convert') continue;
    if (operation.work) {
      const developed = await decoded(stage, journey, () => stage.develop());
      const { picture, finding } = onPixels(journey, developed, operation, call);
      if (finding) findings[operation.name] = finding;
      stage = new Stage(journey, picture);
      continue;
    }
    if (!stage.takes(operation, call)) {
      const picture = await decoded(stage, journey, () => stage.develop());
      stage = new Stage(journey, picture);
      if (!stage.takes(operation, call)) {
        stage = new Stage(journey, await eachPage(journey, picture, operation, call));
        continue;
      }
    }
    await stage.add(operation, call);
  }
  return { stage, findings };
}

async function write(
  stage: Stage,
  operations: readonly OperationCall[],
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
  const { data, info } = await decoded(stage, journey, async () => {
    if (format === 'pdf') return encodePdf(stage, call);
    const image = await withKept(keptBy(operations), stage, journey, orientation);
    const written = await named('convert').apply(image, call, stage.context);
    return written.toBuffer({ resolveWithObject: true });
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

async function assertDecodes({ input, header, limits, pages, reading }: Journey): Promise<void> {
  try {
    await openFile(input, limits, pages, reading.page).raw().toBuffer();
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
