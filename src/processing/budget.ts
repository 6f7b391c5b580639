import { carriesPages } from './conversion.js';
import { workOf } from './estimate.js';
import { megapixels, ProcessingFailure } from './failure.js';
import { type Header } from './header.js';
import { type OperationCall } from './operation.js';
import { type Rate, secondsOf } from './rates.js';

/** How much work may be done for someone who waits. It travels to the child, which reads the header. */
export interface Budget {
  readonly secondsMax: number;
  /** Of the input, over all pages that are carried along. */
  readonly pixelsMax: number;
  /** What work takes, as far as it was measured: by kind. */
  readonly rates: readonly (readonly [kind: string, rate: Rate])[];
}

/** @throws ProcessingFailure `too-large` */
export function holdBudget(header: Header, operations: readonly OperationCall[], budget: Budget): void {
  const { secondsMax, pixelsMax, rates } = budget;
  const pixels = header.width * header.height * (carriesPages(operations, header.format) ? header.pages : 1);
  if (pixels > pixelsMax) {
    const detail = `The image has ${megapixels(pixels)}; the limit is ${megapixels(pixelsMax)}.`;
    throw new ProcessingFailure('too-large', detail);
  }
  const seconds = secondsOf(workOf(header, operations), new Map(rates));
  if (seconds <= secondsMax) return;
  throw new ProcessingFailure(
    'too-large',
    `It would take about ${Number(seconds.toPrecision(2))} s; the limit is ${secondsMax} s.`,
  );
}
