import { stat } from 'node:fs/promises';
import { type Assignment } from './assignment.js';
import { holdBudget } from './budget.js';
import { type Conversion, conversionOf, isTransparent, makesText } from './conversion.js';
import { decoded } from './decoded.js';
import { holdEncoder } from './encoder-memory.js';
import { ProcessingFailure } from './failure.js';
import { formatOf } from './formats.js';
import { type Header, type StoredHeader, type WrittenHeader } from './header.js';
import { headerOf, type Journey, journeyOf } from './journey.js';
import { type Limits } from './limits.js';
import { keptBy, withKept } from './metadata.js';
import { shallow } from './native.js';
import { type OperationCall } from './operation.js';
import { recognise } from './ocr/recognise.js';
import { type Recognition } from './ocr/recognition.js';
import { operationOf } from './operations.js';
import { convert } from './operations/convert.js';
import { encodePdf } from './pdf/encode-pdf.js';
import { type Findings } from './pixel-work.js';
import { type Progress, progressAt } from './progress.js';
import { heightOfPage, type Stage } from './stage.js';
import { through } from './stages.js';

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
  readonly findings: Findings;
  readonly durations: Durations;
}

/** The output is an image. */
export type ProcessedImage = Done & { readonly header: WrittenHeader; readonly recognition?: undefined };

/** The output is a PDF of the pages, with the text in it. */
export type ProcessedText = Done & { readonly recognition: Recognition; readonly header?: undefined };

export type Processed = ProcessedImage | ProcessedText;

/**
 * Input file → operations in order → output file.
 * @throws ProcessingFailure what is wrong with the image, or with doing this to it
 */
export async function run(
  assignment: Assignment,
  limits: Limits,
  report: (progress: Progress) => void,
): Promise<Processed> {
  const { input, output, operations, budget } = assignment;
  const started = performance.now();
  const header = await headerOf(input, operations, limits);
  if (budget) holdBudget(header, operations, budget);
  const inspected = performance.now();

  const conversion = conversionOf(operations, header.format);
  const journey = journeyOf(assignment, header, conversion, limits);
  const calls = withoutTransparency(asSeen(operations), header, conversion);
  const { stage, findings } = await through(calls, journey, (index) => {
    // What is added behind them is not what was asked for.
    if (index < operations.length) report(progressAt(index, operations));
  });
  const developed = performance.now();

  const made = makesText(operations)
    ? { recognition: await read(stage, journey, operations, output, report) }
    : { header: await write(stage, operations, conversion, journey, output) };
  const ended = performance.now();
  return {
    ok: true,
    input: { mediaType: header.mediaType, width: header.width, height: header.height, pages: header.pages },
    ...made,
    findings,
    durations: {
      inspect: inspected - started,
      operations: developed - inspected,
      encode: ended - developed,
      total: ended - started,
    },
  };
}

/** A text has no place for an EXIF orientation: what is read is what a viewer shows. */
function asSeen(operations: readonly OperationCall[]): readonly OperationCall[] {
  return makesText(operations) ? [...operations, { operation: 'autorotate' }] : operations;
}

/** An operation of its own in front of the end: JPEG would show black where the image, or a corner after turning it, is transparent. */
function withoutTransparency(
  operations: readonly OperationCall[],
  header: Header,
  conversion: Conversion,
): readonly OperationCall[] {
  const mayBeTransparent = header.transparency || operations.some((each) => operationOf(each).bares(each));
  if (isTransparent(conversion) || !mayBeTransparent) return operations;
  return [...operations, { operation: 'flatten', background: conversion.call['background'] ?? 'white' }];
}

async function write(
  stage: Stage,
  operations: readonly OperationCall[],
  conversion: Conversion,
  journey: Journey,
  output: string,
): Promise<WrittenHeader> {
  const { format, call } = conversion;
  const { mediaType, sideMax, orientation } = formatOf(format);
  const { width, height } = stage.size;
  if (Math.max(width, height) > sideMax) {
    throw new ProcessingFailure(
      'operation-failed',
      `The image would be ${width}x${height}; a side of ${format} has at most ${sideMax} pixels.`,
    );
  }
  holdEncoder(conversion, stage.size, journey.limits);
  const info = await decoded(stage, journey, async () => {
    if (format === 'pdf') return encodePdf(stage, call, output);
    const image = await withKept(keptBy(operations), stage, journey, orientation);
    const written = await convert.apply(image, call, stage.context);
    return written.toFile(output);
  });
  return {
    format,
    mediaType,
    width: info.width,
    height: heightOfPage(info, stage.pages),
    pages: stage.pages,
    bytes: (await stat(output)).size,
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
  const last = operations.length - 1;
  return recognise(shallow(pixels), call, output, (share) => report(progressAt(last, operations, share)));
}
