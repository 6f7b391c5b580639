import { registerDecorator, type ValidationOptions } from 'class-validator';

export const labelsMax = 50;
const keyPattern = /^[\w.-]{1,64}$/;
const valueLengthMax = 256;

/** Labels: a flat object of short strings. `nullable` for a merge patch, where null takes a label away. */
export function IsLabels(
  { nullable = false }: { nullable?: boolean } = {},
  options?: ValidationOptions,
): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isLabels',
      target: target.constructor,
      propertyName: String(propertyName),
      ...(options === undefined ? {} : { options }),
      validator: {
        validate: (value: unknown) => areLabels(value, nullable),
        defaultMessage: () =>
          `labels are up to ${labelsMax} strings of up to ${valueLengthMax} characters; a label's name has letters, digits, "_", "." and "-"`,
      },
    });
  };
}

function areLabels(value: unknown, nullable: boolean): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= labelsMax &&
    entries.every(
      ([key, text]) =>
        keyPattern.test(key) &&
        key !== '__proto__' &&
        ((nullable && text === null) || (typeof text === 'string' && text.length <= valueLengthMax)),
    )
  );
}
