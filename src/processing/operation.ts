import { Ajv, type ErrorObject } from 'ajv';
import type { Sharp } from 'sharp';
import { type Header } from './header.js';
import { type Limits } from './limits.js';
import { type Pixels } from './native.js';
import { type PixelWork } from './pixel-work.js';

/** Pixels of one page. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** One step on pixels as it is asked for, stored and sent: `{"operation": "resize", "width": 800}`. */
export interface OperationCall {
  readonly operation: string;
  readonly [parameter: string]: unknown;
}

/** What the size afterwards depends on beside the parameters. */
export interface SizeContext {
  /** EXIF orientation that the pixels still have, 1 to 8. */
  readonly orientation: number;
  /** Before the operation. */
  readonly size: Size;
  /** Pages that are carried along. */
  readonly pages: number;
}

/** What an operation may need to know of the image beside its own parameters. */
export interface OperationContext extends SizeContext {
  readonly header: Header;
  /** Are the pixels still those of the file, whose EXIF orientation sharp can see? */
  readonly fromFile: boolean;
  /** Had the image an alpha channel before the stage that the operation is a part of? */
  readonly transparency: boolean;
  /** Are channels of 16 bits kept? */
  readonly deep: boolean;
  readonly limits: Limits;
  /** Paths of further images, by what the operations call them. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** A JSON Schema of a scalar; every number has limits and everything a description. */
export interface ParameterSchema {
  readonly type: 'integer' | 'number' | 'boolean' | 'string';
  readonly description: string;
  readonly examples: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly maxLength?: number;
}

export interface OperationSchema {
  readonly type: 'object';
  readonly title: string;
  readonly description: string;
  readonly properties: Readonly<
    Record<string, ParameterSchema | { readonly type: 'string'; readonly const: string; readonly description: string }>
  >;
  readonly required: readonly string[];
  readonly anyOf?: readonly { readonly required: readonly string[] }[];
  readonly additionalProperties: false;
}

/**
 * What becomes of the colours: `grey` leaves none, `rgb` may bring them (back) by painting, `toned` changes each channel as it
 * is by then, `kept` does as much to all.
 */
export type Colours = 'grey' | 'rgb' | 'toned' | 'kept';

/** What the file of an operation says. `P` is the type that `parameters` describes. */
interface Definition<P> {
  readonly name: string;
  readonly summary: string;
  readonly parameters: Readonly<Record<keyof P & string, ParameterSchema>>;
  readonly required?: readonly (keyof P & string)[];
  /** At least one of these. */
  readonly oneOf?: readonly (keyof P & string)[];
  /** What a schema cannot say: parameters that do not go together. */
  readonly check?: (parameters: P) => { parameter: keyof P & string; detail: string }[];
  /** The size afterwards, to the pixel unless it scales. @throws ProcessingFailure where it cannot be done on such an image */
  readonly size?: (parameters: P, context: SizeContext) => Size;
  readonly colours?: (parameters: P) => Colours;
  /** May it leave pixels transparent that were not? */
  readonly bares?: (parameters: P) => boolean;
  /** Does it have to be the only one of its stage, although sharp's order has a place for others of its name? */
  readonly alone?: (parameters: P) => boolean;
  /** Parameters that name a stored image. */
  readonly images?: readonly (keyof P & string)[];
}

/** Most operations add themselves to sharp's pipeline. */
interface PipelineDefinition<P> extends Definition<P> {
  readonly apply: (image: Sharp, parameters: P, context: OperationContext) => Sharp | Promise<Sharp>;
}

/** Others look at the pixels themselves: pages of 8 bits a channel, grey or RGB, with alpha or without. They change none in place. */
interface PixelDefinition<P> extends Definition<P> {
  readonly work: (pages: readonly Pixels[], parameters: P) => PixelWork;
}

/** An operation of the catalogue. It takes calls as they come from outside and checks them against its schema itself. */
export interface Operation {
  readonly name: string;
  readonly summary: string;
  readonly schema: OperationSchema;
  /** Empty for a good call. */
  faults(call: OperationCall): { errors: ErrorObject[]; misfits: { parameter: string; detail: string }[] };
  size(call: OperationCall, context: SizeContext): Size;
  colours(call: OperationCall): Colours;
  bares(call: OperationCall): boolean;
  alone(call: OperationCall): boolean;
  readonly images: readonly string[];
  apply(image: Sharp, call: OperationCall, context: OperationContext): Sharp | Promise<Sharp>;
  /** Instead of `apply`, of an operation on pixels. */
  work?(pages: readonly Pixels[], call: OperationCall): PixelWork;
}

// verbose: the faults are put into words from the schema and the value. Formats and the like are not used.
const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, strictRequired: false });

/** Compiles the schema once, at boot; from then on a call is known to be a `P` because it was checked, not because it is said to be. */
export function defineOperation<P>(definition: PipelineDefinition<P> | PixelDefinition<P>): Operation {
  const { name, summary } = definition;
  const schema: OperationSchema = {
    type: 'object',
    title: name,
    description: summary,
    properties: {
      operation: { type: 'string', const: name, description: 'Which operation.' },
      ...definition.parameters,
    },
    required: ['operation', ...(definition.required ?? [])],
    ...(definition.oneOf && { anyOf: definition.oneOf.map((parameter) => ({ required: [parameter] })) }),
    additionalProperties: false,
  };
  const validate = ajv.compile<P>(schema);

  function parametersOf(call: unknown): P {
    if (!validate(call)) throw new TypeError(`The call of ${name} was not checked before it came here.`);
    return call;
  }

  return {
    name,
    summary,
    schema,
    faults(call: unknown) {
      if (!validate(call)) return { errors: validate.errors ?? [], misfits: [] };
      return { errors: [], misfits: definition.check?.(call) ?? [] };
    },
    size: (call, context) => definition.size?.(parametersOf(call), context) ?? context.size,
    colours: (call) => definition.colours?.(parametersOf(call)) ?? 'kept',
    bares: (call) => definition.bares?.(parametersOf(call)) ?? false,
    alone: (call) => definition.alone?.(parametersOf(call)) ?? false,
    images: definition.images ?? [],
    apply: (image, call, context) =>
      'apply' in definition ? definition.apply(image, parametersOf(call), context) : image,
    ...('work' in definition && {
      work: (pages: readonly Pixels[], call: OperationCall) => definition.work(pages, parametersOf(call)),
    }),
  };
}
