import { type OperationCall } from './operation.js';
import { catalogue } from './operations.js';

/** A stored image that an operation names. */
export interface NamedImage {
  /** JSON Pointer (RFC 6901) into the body: `/operations/0/image`. */
  readonly pointer: string;
  readonly image: string;
}

/** Every stored image that these operations name, in their order. */
export function namedImages(operations: readonly OperationCall[]): NamedImage[] {
  return operations.flatMap((call, index) =>
    parametersOf(call).map(([parameter, image]) => ({ pointer: pointerTo(index, parameter), image })),
  );
}

/** The same operations with other names for these images. */
export function renameImages(
  operations: readonly OperationCall[],
  rename: (named: NamedImage) => string,
): OperationCall[] {
  return operations.map((call, index) => ({
    ...call,
    ...Object.fromEntries(
      parametersOf(call).map(([parameter, image]) => [
        parameter,
        rename({ pointer: pointerTo(index, parameter), image }),
      ]),
    ),
  }));
}

const pointerTo = (index: number, parameter: string): string => `/operations/${index}/${parameter}`;

function parametersOf(call: OperationCall): [string, string][] {
  return (catalogue.get(call.operation)?.images ?? []).flatMap((parameter) => {
    const image = call[parameter];
    return typeof image === 'string' ? [[parameter, image] satisfies [string, string]] : [];
  });
}
