import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { type Fault, Problem } from '../problems.js';
import { type Dto } from './contract.js';
import { isRecord, isReservedName, pointerTo } from './json.js';

const options = { whitelist: true, forbidNonWhitelisted: true, validationError: { target: false } };

/**
 * A body as its DTO. A member that is not known gives 400, a value that cannot be used 422; each fault has a JSON
 * Pointer (RFC 6901).
 * @param options.coerce reads "4" as 4 where a number is wanted: form fields are strings
 */
export function validateBody<T extends object>(dto: Dto<T>, body: unknown, { coerce = false } = {}): T {
  if (!isRecord(body)) {
    throw new Problem('invalid-member', {
      detail: 'The body is an object.',
      errors: [{ pointer: '', detail: 'an object is expected' }],
    });
  }
  const instance = plainToInstance(dto, body, { enableImplicitConversion: coerce });
  const found = validateSync(instance, options).flatMap((error) => flatten(error, ''));
  refuseMembers(found);
  return instance;
}

/** Throws 400 where any fault is an unknown member, else 422; nothing where there is no fault. */
export function refuseMembers(faults: MemberFault[]): void {
  if (faults.length === 0) return;
  const unknown = faults.some(({ kind }) => kind === 'unknown-member');
  const errors = faults.map(({ pointer, detail }) => ({ pointer, detail }));
  throw new Problem(unknown ? 'unknown-member' : 'invalid-member', told(errors));
}

export interface MemberFault {
  kind: 'unknown-member' | 'invalid-member';
  pointer: string;
  detail: string;
}

/** A query string as its DTO; strings become the DTO's types. Anything wrong gives 400 and names the parameter. */
export function validateQuery<T extends object>(dto: Dto<T>, query: object): T {
  refuseParameters(Object.entries(query).flatMap(([parameter, value]) => unusable(parameter, value)));
  const instance = plainToInstance(dto, query, { enableImplicitConversion: true });
  const found = validateSync(instance, options).flatMap((error) => flatten(error, ''));
  refuseParameters(found.map(({ pointer, detail }) => ({ parameter: pointer.slice(1), detail })));
  return instance;
}

export function refuseParameters(errors: Fault[]): void {
  if (errors.length > 0) throw invalidParameters(errors);
}

export function invalidParameters(errors: Fault[]): Problem {
  return new Problem('invalid-parameter', told(errors));
}

/** What class-transformer would leave out without a word, and what PostgreSQL has no text for. */
function unusable(parameter: string, value: unknown): Fault[] {
  if (isReservedName(parameter)) return [{ parameter, detail: 'there is no such parameter here' }];
  return String(value).includes('\0') ? [{ parameter, detail: 'the character U+0000 is not taken' }] : [];
}

function flatten(error: ValidationError, parent: string): MemberFault[] {
  const pointer = pointerTo(parent, error.property);
  const own = Object.entries(error.constraints ?? {}).map(([constraint, detail]): MemberFault =>
    constraint === 'whitelistValidation'
      ? { kind: 'unknown-member', pointer, detail: 'there is no such member here' }
      : { kind: 'invalid-member', pointer, detail },
  );
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, pointer))];
}

/** Faults that are spelt out in the sentence, and those that stand in `errors`: a body of faults is not answered by a larger one. */
const [spelledMax, toldMax] = [10, 100];

function told(errors: Fault[]): { detail: string; errors: Fault[] } {
  return { detail: sentence(errors), errors: errors.slice(0, toldMax) };
}

function sentence(errors: Fault[]): string {
  const spelled = errors
    .slice(0, spelledMax)
    .map(({ pointer, parameter, detail }) => `${pointer ?? parameter ?? ''}: ${detail}`);
  return [...spelled, ...(errors.length > spelledMax ? [`and ${errors.length - spelledMax} more`] : [])].join('; ');
}
