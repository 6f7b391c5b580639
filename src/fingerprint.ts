import { hash } from 'node:crypto';

/** What was asked, so that a repetition is known again: equal for equal values, whatever the order of their members. */
export function fingerprintOf(value: unknown): string {
  return hash('sha256', JSON.stringify(canonical(value)) ?? '');
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, canonical(member)]),
  );
}
