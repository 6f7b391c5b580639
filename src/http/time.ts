import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

const example = '2026-01-02T03:04:05Z';

/** A member or parameter that is a date and time (RFC 3339 5.6): the DTO has it as a Date. Nothing but such a string is one. */
export function IsTime(): PropertyDecorator {
  const message = ({ property = '' } = {}): string =>
    `${property} must be a date and time (RFC 3339), as ${example} is`;
  return (target, key) => {
    // The value as it was sent: a library's own conversion would make dates of true and 5 as well.
    Transform(({ obj, key: name }: { obj: object; key: string }) => asSent(Reflect.get(obj, name)))(target, key);
    ValidateBy({ name: 'isTime', validator: { validate: (value) => value instanceof Date, defaultMessage: message } })(
      target,
      key,
    );
  };
}

function asSent(value: unknown): unknown {
  return typeof value === 'string' ? (rfc3339Time(value) ?? value) : value;
}

const time = /^(\d{4}-\d{2}-(\d{2}))T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** undefined for what is no such time, or lies outside of the years 1 to 9999 in UTC: it could not be told again. */
export function rfc3339Time(text: string): Date | undefined {
  // RFC 3339 5.6: "T" and "Z" may be lower case.
  const [whole, date, day] = time.exec(text.toUpperCase()) ?? [];
  if (whole === undefined) return undefined;
  const found = new Date(whole);
  // Date takes 30 February for 2 March.
  const isDay = new Date(`${date}T00:00:00Z`).getUTCDate() === Number(day);
  const year = found.getUTCFullYear();
  return isDay && year >= 1 && year <= 9999 ? found : undefined;
}

const httpDates = [
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** A date in a header field, in the form of today or one of the two obsolete ones (RFC 9110 5.6.7); undefined for what is none. */
export function httpDate(field: string): Date | undefined {
  if (!httpDates.some((form) => form.test(field))) return undefined;
  const found = new Date(field.endsWith('GMT') ? field : `${field} GMT`);
  return Number.isNaN(found.getTime()) ? undefined : found;
}
