import { type AnswerSpec, type Row } from './contract.js';
import { headerFields, type HeaderName } from './header-fields.js';
import { isSafeMethod } from './methods.js';
import { type Preference, waitMax } from './prefer.js';

// Header fields in the OpenAPI document: what a row says of them, and what follows from what it honours.

interface HeaderParameter {
  name: string;
  in: 'header';
  required: boolean;
  description: string;
  schema: object;
}

const repeatable =
  'Makes the request safe to repeat: the same key with the same content gives the same answer, with ' +
  '`Idempotency-Replayed: true`, and has no further effect. Kept for 24 hours, for each owner, method and path.';

const preferences: Record<Preference, string> = {
  wait: `\`wait=N\`: hold the answer until the task has ended, for N seconds at most (and ${waitMax}).`,
  'respond-async': '`respond-async`: answer 202 at once, as happens anyway.',
  return: '`return=minimal`: no body. `return=representation`: the body, as happens anyway.',
};

const unlessFresh = '`no-cache`: do the work even where the same was done before, or is being done.';

const lastSeen =
  'The id of the last event that was seen (WHATWG HTML 9.2): a client that comes back sends it by itself.';

/** The request's header fields that mean something to an operation. */
export function headerParameters({ idempotencyKey, prefers, reuses, answers }: Row): HeaderParameter[] {
  const header = (name: string, description: string, schema: object): HeaderParameter[] => [
    { name, in: 'header', required: false, description, schema: { type: 'string', ...schema } },
  ];
  const streams = Object.values(answers).some(({ events }) => events);
  return [
    ...(idempotencyKey ? header('Idempotency-Key', repeatable, { maxLength: 257 }) : []),
    ...(prefers ? header('Prefer', prefers.map((name) => preferences[name]).join(' '), {}) : []),
    ...(reuses ? header('Cache-Control', unlessFresh, {}) : []),
    ...(streams ? header('Last-Event-ID', lastSeen, {}) : []),
  ];
}

/** The header fields of an answer. */
export function fieldsOf(
  { method, prefers }: Pick<Row, 'method' | 'prefers'>,
  status: number,
  { headers = [], mayCarry = [], body }: AnswerSpec,
): Record<string, object> {
  // Without a body there is nothing that Content-Location could speak of (RFC 9110 8.7).
  const bodiless: HeaderName[] = prefers?.includes('return') ? ['Content-Location'] : [];
  const tagged: HeaderName[] = isSafeMethod(method) && status === 200 && body ? ['ETag'] : [];
  const always = [...headers.filter((name) => !bodiless.includes(name)), ...tagged];
  const applied: HeaderName[] = prefers ? ['Preference-Applied'] : [];
  // As respond.ts sends it.
  const moves = method === 'GET' ? 'Retry-After' : 'Content-Location';
  const comesAgain = status < 300 && body?.toHtml !== undefined && [...headers, ...mayCarry].includes(moves);
  const ofPages: HeaderName[] = comesAgain ? ['Refresh'] : [];
  const sometimes = [...headers.filter((name) => bodiless.includes(name)), ...mayCarry, ...applied, ...ofPages];
  const field = (name: HeaderName, required: boolean): [string, object] => [
    name,
    { description: headerFields[name], required, schema: { type: 'string' } },
  ];
  return Object.fromEntries([
    ...always.map((name) => field(name, true)),
    ...sometimes.map((name) => field(name, false)),
  ]);
}
