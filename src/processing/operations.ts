import { type Fault } from '../problems.js';
import { coerced } from './coercion.js';
import { makesText } from './conversion.js';
import { didYouMean, shown, wordFaults } from './fault-words.js';
import { operationsMax } from './limits.js';
import { type Operation, type OperationCall, type OperationSchema } from './operation.js';
import { autorotate } from './operations/autorotate.js';
import { binarise } from './operations/binarise.js';
import { blur } from './operations/blur.js';
import { convert } from './operations/convert.js';
import { crop } from './operations/crop.js';
import { extend } from './operations/extend.js';
import { flatten } from './operations/flatten.js';
import { flip } from './operations/flip.js';
import { flop } from './operations/flop.js';
import { denoise } from './operations/denoise.js';
import { deskew } from './operations/deskew.js';
import { despeckle } from './operations/despeckle.js';
import { gamma } from './operations/gamma.js';
import { grayscale } from './operations/grayscale.js';
import { metadata } from './operations/metadata.js';
import { modulate } from './operations/modulate.js';
import { normalise } from './operations/normalise.js';
import { ocr } from './operations/ocr.js';
import { read } from './operations/read.js';
import { resize } from './operations/resize.js';
import { rotate } from './operations/rotate.js';
import { sharpen } from './operations/sharpen.js';
import { tint } from './operations/tint.js';
import { trim } from './operations/trim.js';
import { watermark } from './operations/watermark.js';

const all = [
  ...[read, autorotate, resize, crop, extend, rotate, flip, flop],
  ...[blur, sharpen, gamma, modulate, tint, grayscale, flatten, watermark],
  ...[normalise, denoise, deskew, despeckle, binarise, trim],
  ...[metadata, convert, ocr],
];

/** Every operation by its name, in the order in which they are shown. */
export const catalogue: ReadonlyMap<string, Operation> = new Map(all.map((operation) => [operation.name, operation]));

/** @throws TypeError where the list was not checked by `parseOperations` */
export function operationOf({ operation: name }: OperationCall): Operation {
  const operation = catalogue.get(name);
  if (!operation) throw new TypeError(`There is no operation ${name}; the list was not checked.`);
  return operation;
}

export interface OperationFault extends Fault {
  /** `unknown-member`: something is there that means nothing (400); `invalid-member`: a value cannot be used (422). */
  readonly kind: 'unknown-member' | 'invalid-member';
  /** A JSON Pointer (RFC 6901) into the body: `/operations/0/width`. */
  readonly pointer: string;
}

export type ParsedOperations = { readonly operations: OperationCall[] } | { readonly faults: OperationFault[] };

/**
 * A list of operations as it came from outside, checked completely: all faults at once.
 * @param input is left untouched
 * @param options.coerce reads "400" as 400 and "true" as true where such is wanted: XML attributes and form fields are strings
 */
export function parseOperations(input: unknown, { coerce = false }: { coerce?: boolean } = {}): ParsedOperations {
  if (!Array.isArray(input) || input.length === 0 || input.length > operationsMax) {
    const got = Array.isArray(input) ? `a list of ${input.length}` : shown(input);
    return { faults: [invalid('/operations', `operations: a list of 1 to ${operationsMax} operations; got ${got}`)] };
  }
  const operations: OperationCall[] = [];
  const faults: OperationFault[] = [];
  for (const [index, item] of input.entries()) {
    const parsed = parseCall(item, `/operations/${index}`, coerce);
    if ('call' in parsed) operations.push(parsed.call);
    else faults.push(...parsed.faults);
  }
  if (faults.length === 0) faults.push(...misplaced(operations));
  return faults.length > 0 ? { faults } : { operations };
}

/** The JSON Schema of such a list, for OpenAPI; the constant `operation` tells the members of `oneOf` apart. */
export function operationsSchema() {
  const oneOf: OperationSchema[] = all.map(({ schema }) => schema);
  return { type: 'array', minItems: 1, maxItems: operationsMax, items: { oneOf } } as const;
}

function parseCall(item: unknown, at: string, coerce: boolean): { call: OperationCall } | { faults: OperationFault[] } {
  if (!isRecord(item)) {
    return { faults: [invalid(at, `an object such as {"operation": "autorotate"}; got ${shown(item)}`)] };
  }
  const { operation: name } = item;
  const operation = typeof name === 'string' ? catalogue.get(name) : undefined;
  if (typeof name !== 'string' || !operation) return { faults: [invalid(`${at}/operation`, unknownOperation(name))] };

  const call: OperationCall = { ...(coerce ? coerced(item, operation.schema) : item), operation: name };
  const { errors, misfits } = operation.faults(call);
  const faults = [
    ...wordFaults(errors, operation.schema).map(({ kind, member, detail }) => ({
      kind,
      pointer: pointer(at, member),
      detail,
    })),
    ...misfits.map(({ parameter, detail }) => invalid(pointer(at, parameter), `${parameter}: ${detail}`)),
  ];
  return faults.length > 0 ? { faults } : { call };
}

/** A text is the end: nothing can be done to it, and no pixels are written. */
function misplaced(operations: readonly OperationCall[]): OperationFault[] {
  return operations.flatMap(({ operation }, index) => {
    const at = `/operations/${index}/operation`;
    if (operation === 'ocr' && index < operations.length - 1) {
      return [invalid(at, 'ocr: it can only be the last operation')];
    }
    if (operation === 'convert' && makesText(operations)) {
      return [invalid(at, 'convert: with ocr at the end the outcome is a text, not an image; leave it out')];
    }
    return [];
  });
}

function unknownOperation(name: unknown): string {
  const known = `the operations are ${[...catalogue.keys()].join(', ')}`;
  if (typeof name !== 'string') return `operation: the name of an operation; got ${shown(name)}; ${known}`;
  return `operation: ${shown(name)} is not known${didYouMean(name, catalogue.keys())}; ${known}`;
}

function invalid(at: string, detail: string): OperationFault {
  return { kind: 'invalid-member', pointer: at, detail };
}

/** RFC 6901 4: `~` and `/` within a name are written as `~0` and `~1`. */
function pointer(at: string, member: string): string {
  return member === '' ? at : `${at}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
