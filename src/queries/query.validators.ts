import { ValidateBy } from 'class-validator';
import { isRecord } from '../http/json.js';
import { isCursor } from '../http/pagination.js';
import { isLabelName } from '../images/labels.validator.js';
import { isPattern } from './pattern.js';
import { labelsMax, patternCharactersMax } from './query.js';

type Arguments = { value?: unknown; property?: string } | undefined;

const patternRule = `up to ${patternCharactersMax} characters; "*" is any text, "?" one character, and "\\" stands before a "*", "?" or "\\" that is meant`;

/** A list of strings, each of which passes `test`. The first that does not is named by its place. */
export function IsListOf(what: string, max: number, test: (item: string) => boolean): PropertyDecorator {
  const isGood = (item: unknown): boolean => typeof item === 'string' && test(item);
  const message = ({ value, property = '' }: Arguments = {}): string => {
    const rule = `${property} must be a list of up to ${max} ${what}`;
    if (!Array.isArray(value)) return rule;
    if (value.length > max) return `${rule}; these are ${value.length}`;
    return `${rule}; item ${value.findIndex((item) => !isGood(item))} is none`;
  };
  return ValidateBy({
    name: 'isListOf',
    validator: {
      validate: (value) => Array.isArray(value) && value.length <= max && value.every(isGood),
      defaultMessage: message,
    },
  });
}

/** A pattern of at least one character. */
export function IsPattern(): PropertyDecorator {
  return ValidateBy({
    name: 'isPattern',
    validator: {
      validate: (value) => isUsable(value) && value !== '',
      defaultMessage: ({ property = '' }: Arguments = {}) => `${property} must be a pattern: ${patternRule}`,
    },
  });
}

/** An object of patterns by the names of labels. */
export function IsLabelPatterns(): PropertyDecorator {
  return ValidateBy({
    name: 'isLabelPatterns',
    validator: {
      validate: (value) =>
        isRecord(value) &&
        Object.keys(value).length <= labelsMax &&
        Object.entries(value).every(([name, pattern]) => isLabelName(name) && isUsable(pattern)),
      defaultMessage: () => `labels must be up to ${labelsMax} names of labels, each with a pattern: ${patternRule}`,
    },
  });
}

/** Where a page begins, as a link had it. */
export function IsCursor(): PropertyDecorator {
  return ValidateBy({
    name: 'isCursor',
    validator: {
      validate: (value) => typeof value === 'string' && isCursor(value),
      defaultMessage: () => 'cursor must be taken from a next or prev link',
    },
  });
}

function isUsable(value: unknown): value is string {
  return typeof value === 'string' && value.length <= patternCharactersMax && isPattern(value);
}
