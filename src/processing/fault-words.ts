import { type ErrorObject } from 'ajv';
import { type OperationSchema } from './operation.js';

/** A fault of one call, in words; `member` is empty where the fault is the call's as a whole. */
export interface MemberFault {
  readonly kind: 'unknown-member' | 'invalid-member';
  readonly member: string;
  readonly detail: string;
}

/** Faults of one call that are put into words. */
const toldMax = 50;

/** Puts what ajv found into words for people: "width: a whole number from 1 to 16383; got -5". */
export function wordFaults(errors: readonly ErrorObject[], schema: OperationSchema): MemberFault[] {
  // A wrong number breaks one rule, but ajv also reports each branch of an anyOf and the anyOf itself.
  const own = errors.filter(({ schemaPath }) => !/^#\/anyOf\/./.test(schemaPath));
  const byMember = new Map<string, MemberFault>();
  // A thousand wrong members are told as well by the first of them.
  for (const error of own.slice(0, toldMax)) {
    const fault = wordFault(error, schema);
    if (!byMember.has(fault.member)) byMember.set(fault.member, fault);
  }
  return [...byMember.values()];
}

function wordFault(error: ErrorObject, schema: OperationSchema): MemberFault {
  const member = error.instancePath.slice(1);
  switch (error.keyword) {
    case 'additionalProperties': {
      const unknown = String(error.params['additionalProperty']);
      const known = Object.keys(schema.properties).filter((name) => name !== 'operation');
      return { kind: 'unknown-member', member: unknown, detail: unknownParameter(unknown, known, schema.title) };
    }
    case 'required': {
      const missing = String(error.params['missingProperty']);
      return {
        kind: 'invalid-member',
        member: missing,
        detail: `${missing}: ${schema.title} needs it; ${takes(schema.properties[missing])}`,
      };
    }
    case 'maxLength':
      return {
        kind: 'invalid-member',
        member,
        detail: `${member}: at most ${String(error.params['limit'])} characters; got ${[...String(error.data)].length}`,
      };
    case 'anyOf': {
      const names = schema.anyOf?.flatMap(({ required }) => required) ?? [];
      return { kind: 'invalid-member', member: '', detail: `${schema.title} needs ${names.join(' or ')}` };
    }
    default: {
      const property = schema.properties[member];
      const near = property && 'enum' in property ? didYouMean(String(error.data), property.enum ?? []) : '';
      return {
        kind: 'invalid-member',
        member,
        detail: `${member}: ${takes(property)}; got ${shown(error.data)}${near}`,
      };
    }
  }
}

function unknownParameter(unknown: string, known: readonly string[], operation: string): string {
  const knows = known.length === 0 ? `${operation} takes no parameters` : `${operation} takes ${known.join(', ')}`;
  return `${shown(unknown)} means nothing here${didYouMean(unknown, known)}; ${knows}`;
}

/** What a parameter takes: "a whole number from 1 to 100". */
function takes(schema: OperationSchema['properties'][string] | undefined): string {
  if (!schema || 'const' in schema) return 'something else';
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  const { type } = schema;
  switch (type) {
    case 'integer':
      return `a whole number from ${schema.minimum} to ${schema.maximum}`;
    case 'number':
      return `a number from ${schema.minimum} to ${schema.maximum}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return `text such as ${schema.examples.map(String).join(' or ')}`;
    default:
      return type satisfies never;
  }
}

/** A value as it came, short enough for a message. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** `, did you mean "resize"?`, or nothing if no name is near. */
export function didYouMean(word: string, names: Iterable<string>): string {
  if (word.length > 40) return ''; // no name is half as long, and the distance costs length times length
  const near = [...names]
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.ceil(name.length / 3))
    .sort((a, b) => a.distance - b.distance)[0];
  return near ? `, did you mean "${near.name}"?` : '';
}

/** Levenshtein's: letters to insert, delete or replace. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
