import { type FieldNames } from '../http/compound-body.js';
import { fieldsAsObject, type FormField } from '../http/form-fields.js';
import { invalidMember } from '../http/invalid-member.js';
import { isReservedName, refuseUnusable } from '../http/json.js';
import { type MemberFault, refuseMembers } from '../http/validate.js';
import { type OperationCall } from '../processing/operation.js';
import { catalogue } from '../processing/operations.js';

/**
 * A task as the flat fields of a form: `image`, and for each operation `resize.width=800`, or `deskew=on` where it needs no
 * parameter. Operations are done in the order of their first fields. A field that comes again adds to it: the boxes
 * of `ocr.languages`.
 */
export interface TaskForm {
  image?: string;
  operations: OperationCall[];
}

/** Those of a task. What an operation does not know is refused where its parameters are checked. */
export const taskFields: FieldNames = {
  has: (field) => field === 'image' || catalogue.has(operationIn(field)),
  words: 'and, for each operation, {operation}=on or {operation}.{parameter}',
};

export function taskFromForm(fields: readonly FormField[]): TaskForm {
  const own = fields.filter(([name]) => name === 'image');
  refuseMembers(fields.flatMap(faultsOfField));
  for (const [field, value] of fields) refuseUnusable(value, `/${field}`);
  const calls = new Map<string, Map<string, string>>();
  for (const [field, value] of fields) {
    if (value === '' || field === 'image') continue;
    const parameters = calls.get(operationIn(field)) ?? new Map<string, string>();
    calls.set(operationIn(field), parameters);
    const parameter = parameterIn(field);
    if (parameter === undefined) continue;
    const before = parameters.get(parameter);
    parameters.set(parameter, before === undefined ? value : `${before}+${value}`);
  }
  const operations = [...calls].map(([operation, parameters]) => ({ operation, ...Object.fromEntries(parameters) }));
  return { ...fieldsAsObject(own), operations };
}

/** The same where something has to be asked for. @throws Problem 422 where nothing is */
export function askedInForm(fields: readonly FormField[]): TaskForm {
  const form = taskFromForm(fields);
  if (form.operations.length > 0) return form;
  throw invalidMember('/task', 'nothing is asked for: choose an operation', 'a JSON or XML document, or fields');
}

/** What is asked for is said once. @throws Problem 422 where a document came, and fields as well */
export function refuseTwice(document: object | undefined, fields: readonly FormField[]): void {
  if (document === undefined || fields.length === 0) return;
  throw invalidMember('/task', 'the task came along as a document too', 'either a document or fields');
}

function faultsOfField([field, value]: FormField): MemberFault[] {
  const pointer = `/${field}`;
  const parameter = parameterIn(field);
  if (!taskFields.has(field) || parameter === 'operation' || isReservedName(parameter ?? ''))
    return [{ kind: 'unknown-member', pointer, detail: 'there is no such field here' }];
  if (field === 'image' || parameter !== undefined || value === 'on' || value === '') return [];
  return [{ kind: 'invalid-member', pointer, detail: 'on, or left out' }];
}

/** The same faults, each at the field that it is in: `/operations/0/width` is `/resize.width`. */
export function faultsOfFields(faults: readonly MemberFault[], operations: readonly OperationCall[]): MemberFault[] {
  return faults.map((fault) => {
    const [, index = '', parameter] = /^\/operations\/(\d+)(?:\/(.+))?$/.exec(fault.pointer) ?? [];
    const operation = operations[Number(index)]?.operation;
    if (index === '' || operation === undefined) return fault;
    const whole = parameter === undefined || parameter === 'operation';
    return { ...fault, pointer: whole ? `/${operation}` : `/${operation}.${parameter}` };
  });
}

const operationIn = (field: string): string => field.split('.', 1)[0] ?? '';

function parameterIn(field: string): string | undefined {
  const dot = field.indexOf('.');
  return dot < 0 ? undefined : field.slice(dot + 1);
}
