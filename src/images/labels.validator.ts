import { ValidateBy, type ValidationOptions } from 'class-validator';
import { invalidMember } from '../http/invalid-member.js';
import { isRecord } from '../http/json.js';

const labelsMax = 50;
const valueLengthMax = 256;

const rule = `labels are up to ${labelsMax} strings of up to ${valueLengthMax} characters; a label's name has letters, digits, "_", "." and "-"`;

/** Labels: a flat object of short strings. */
export function IsLabels(options?: ValidationOptions): PropertyDecorator {
  return labelRule((value) => areLabels(value, false) && !areTooMany(value), options);
}

/** The merge patch of labels: null takes one away. How many there may be holds for the result: `refuseTooMany`. */
export function IsLabelsPatch(options?: ValidationOptions): PropertyDecorator {
  return labelRule((value) => areLabels(value, true), options);
}

/** @throws Problem 422 */
export function refuseTooMany(labels: Record<string, string>): void {
  if (!areTooMany(labels)) return;
  throw invalidMember('/labels', rule);
}

function labelRule(validate: (value: unknown) => boolean, options?: ValidationOptions): PropertyDecorator {
  return ValidateBy({ name: 'isLabels', validator: { validate, defaultMessage: () => rule } }, options);
}

/** Of a label, which has a value too. */
export function isLabelName(text: string): boolean {
  return /^[\w.-]{1,64}$/.test(text);
}

function areTooMany(labels: object): boolean {
  return Object.keys(labels).length > labelsMax;
}

function areLabels(value: unknown, nullable: boolean): value is object {
  if (!isRecord(value)) return false;
  return Object.entries(value).every(
    ([name, text]) =>
      isLabelName(name) && ((nullable && text === null) || (typeof text === 'string' && text.length <= valueLengthMax)),
  );
}
