import { canonicalColour, isColour } from './colour.js';
import { type OperationCall } from './operation.js';
import { catalogue } from './operations.js';

/**
 * Operations as they are compared, never as they are done: defaults filled in, each colour in one notation. Equal forms make
 * equal pixels of equal bytes. A default that depends on other parameters (the quality of a format) is not filled in: then
 * equal work may look different, and is done twice, which costs time and nothing else.
 */
export function normalForm(operations: readonly OperationCall[]): OperationCall[] {
  return operations.map((call) => {
    const parameters = Object.entries(catalogue.get(call.operation)?.schema.properties ?? {});
    const known = parameters.flatMap(([name, schema]) => {
      const value = call[name] ?? ('default' in schema ? schema.default : undefined);
      if (value === undefined) return [];
      return [
        [
          name,
          typeof value === 'string' && 'pattern' in schema && isColour(schema) ? canonicalColour(value) : value,
        ] as const,
      ];
    });
    return { ...call, ...Object.fromEntries(known) };
  });
}
