import { carriesPages, conversionOf, type Conversion } from './conversion.js';
import { ProcessingFailure } from './failure.js';
import { type FormatName, nameOfMediaType } from './formats.js';
import { type StoredHeader } from './header.js';
import { type OperationCall, type Size, type SizeContext } from './operation.js';
import { catalogue } from './operations.js';

/** A part of a task's work whose seconds grow with its amount. */
export interface Work {
  /** Words from the general to the particular: `write`, `write avif`, `write avif effort 9`. What is particular takes another time. */
  readonly kind: string;
  /** Megapixels, over all pages; 1 of what does not depend on them. */
  readonly amount: number;
}

/** What every task costs, whatever it is: taking it, starting, storing, finishing. */
const fixed: Work = { kind: 'task', amount: 1 };

/**
 * What a list of operations does to an image, in order, each with the size that those before it have left.
 * @param image null: what came is none, and fails at once
 */
export function workOf(image: StoredHeader | null, operations: readonly OperationCall[]): Work[] {
  const format = nameOfMediaType(image?.mediaType);
  if (image === null || format === undefined) return [fixed];
  const conversion = conversionOf(operations, format);
  const pages = carriesPages(operations, format) ? image.pages : 1;
  const steps = stepsOf(image, pages, operations);
  const written = steps.at(-1)?.after ?? image;
  return [
    fixed,
    ...developing(format, image, pages, steps),
    { kind: writing(conversion), amount: amountOf(written, pages) },
  ];
}

interface Step {
  readonly operation: string;
  readonly before: Size;
  readonly after: Size;
}

function stepsOf({ width, height }: Size, pages: number, operations: readonly OperationCall[]): Step[] {
  const steps: Step[] = [];
  let before: Size = { width, height };
  for (const call of operations) {
    // What is read and written has kinds of its own, as the beginning and the end.
    if (['read', 'convert', 'metadata'].includes(call.operation)) continue;
    const after = sizeAfter(call, { size: before, pages, orientation: 1 });
    steps.push({ operation: call.operation, before, after });
    before = after;
  }
  return steps;
}

/** What cannot be done on such an image ends the task, and costs no more. */
function sizeAfter(call: OperationCall, context: SizeContext): Size {
  try {
    return catalogue.get(call.operation)?.size(call, context) ?? context.size;
  } catch (error) {
    if (error instanceof ProcessingFailure) return context.size;
    throw error;
  }
}

function developing(format: FormatName, input: Size, pages: number, steps: readonly Step[]): Work[] {
  // A JPEG is shrunk while it is read: much less work, and one thing done.
  const shrinking = format === 'jpeg' ? steps.find(({ operation }) => operation !== 'autorotate') : undefined;
  const shrunk = shrinking?.operation === 'resize' && 4 * area(shrinking.after) <= area(shrinking.before);
  return [
    { kind: `${shrunk ? 'shrink' : 'read'} ${format}`, amount: amountOf(input, pages) },
    ...steps
      .filter((step) => !(shrunk && step === shrinking))
      .map(({ operation, before, after }) => ({
        kind: operation,
        amount: Math.max(amountOf(before, pages), amountOf(after, pages)),
      })),
  ];
}

/** How hard an encoder tries changes its time by as much as a hundred. */
function writing({ format, call }: Conversion): string {
  const ways = ['lossless', 'nearLossless', 'mozjpeg', 'palette'].filter((way) => call[way] === true);
  const { effort } = call;
  return [`write ${format}`, ...ways, ...(typeof effort === 'number' ? [`effort ${effort}`] : [])].join(' ');
}

const area = ({ width, height }: Size): number => width * height;
/** Megapixels, over all pages. */
const amountOf = (size: Size, pages: number): number => (area(size) * pages) / 1_000_000;
