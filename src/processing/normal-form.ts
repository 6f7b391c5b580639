import { canonicalColour, isColour } from './colour.js';
import { type OperationCall } from './operation.js';
import { catalogue } from './operations.js';

interface Parameter {
  readonly name: string;
  readonly otherwise: unknown;
  readonly isColour: boolean;
}

/** The parameters of each operation, always in one order. */
const parameters: ReadonlyMap<string, readonly Parameter[]> = new Map(
  [...catalogue].map(([operation, { schema }]) => [
    operation,
    Object.entries(schema.properties).map(([name, property]) => ({
      name,
      otherwise: 'default' in property ? property.default : undefined,
      isColour: 'pattern' in property && isColour(property),
    })),
  ]),
);

/**
 * Operations as they are compared, never as they are done: members in one order, defaults filled in, each colour in one
 * notation. Equal forms make equal pixels of equal bytes. A default that depends on other parameters (the quality of a format)
 * is not filled in: then equal work may look different, and is done twice, which costs time and nothing else.
 */
export function normalForm(operations: readonly OperationCall[]): Record<string, unknown>[] {
  return operations.map((call) => {
    const form: Record<string, unknown> = {};
    for (const { name, otherwise, isColour } of parameters.get(call.operation) ?? []) {
      const value = call[name] ?? otherwise;
      if (value !== undefined) form[name] = isColour && typeof value === 'string' ? canonicalColour(value) : value;
    }
    return form;
  });
}
