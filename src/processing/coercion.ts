import { type OperationSchema } from './operation.js';

/**
 * A copy in which "400" is 400 and "true" is true wherever the schema wants a number or a boolean. What cannot be read as such
 * stays a string, so that the fault names what was sent.
 */
export function coerced(
  call: Readonly<Record<string, unknown>>,
  { properties }: OperationSchema,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(call).map(([name, value]) => {
      const type = Object.hasOwn(properties, name) ? properties[name]?.type : undefined;
      return [name, typeof value === 'string' && type !== undefined ? read(value.trim(), type) : value];
    }),
  );
}

function read(text: string, type: 'integer' | 'number' | 'boolean' | 'string'): unknown {
  switch (type) {
    case 'integer':
    case 'number':
      // Not Number() alone: it also takes "", "0x10" and "1e3".
      return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'string':
      return text;
    default:
      return type satisfies never;
  }
}
