import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import 'reflect-metadata';
import { Ajv2020 as Ajv, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
// Loads every contract row.
import '../../src/app.module.js';
import { type AnswerSpec, problemsOf, type Row } from '../../src/http/contract.js';
import { isSafeMethod } from '../../src/http/methods.js';
import { mediaTypes, typesOf } from '../../src/http/negotiation.js';
import { contractRows, rowMatches } from '../../src/http/rows.js';
import { problems, type ProblemSlug } from '../../src/problem-types.js';
import { type Reply } from './client.js';

/** Refusals that come before any row is known, or at any: not repeated at each row. */
const anywhere: ProblemSlug[] = [
  'malformed-request',
  'method-not-allowed',
  'request-timeout',
  'uri-too-long',
  'expectation-failed',
  'headers-too-large',
  'not-found',
];

/** Fails unless the answer is one that its contract row declares, complete with its headers and the shape of its body. */
export function checkConformance({ method, path, reply }: { method: string; path: string; reply: Reply }): void {
  const row = rowOf(method, path);
  const slug = slugOf(reply);
  const where = `${method} ${path} → ${reply.status}${slug === undefined ? '' : ` ${slug}`}`;
  if (slug !== undefined) checkProblem(where, reply, slug, row);
  else if (row === undefined)
    expectThat(method === 'OPTIONS' && reply.status === 204, `${where}: no contract row declares it`);
  else checkAnswer(where, row, method, reply);
  if (row) record(`${row.id} ${slug ?? reply.status}`);
}

/** Everything that all rows declare, in the form in which it is recorded. */
export function declaredAnswers(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => [
    ...Object.keys(row.answers).map((status) => `${row.id} ${status}`),
    ...(row.conditional && isSafeMethod(row.method) ? [`${row.id} 304`] : []),
    ...problemsOf(row).map((slug) => `${row.id} ${slug}`),
  ]);
}

function rowOf(method: string, path: string): Row | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  const matching = contractRows().filter((row) => row.method === asked && rowMatches(row, path));
  // Of two that fit, the one without a parameter is the resource.
  return matching.find((row) => !row.path.includes('{')) ?? matching[0];
}

function slugOf(reply: Reply): ProblemSlug | undefined {
  const type = reply.headers['content-type'] ?? '';
  // A page with a status of refusal is a problem as a browser sees it; it leads to the problem's type.
  const page = type.startsWith('text/html') && reply.status >= 400;
  if (!page && !/^application\/problem\+(json|xml)/.test(type)) return undefined;
  const slug = /\/problems\/([a-z-]+)/.exec(reply.text)?.[1];
  // The answer to HEAD has no body: the status has to do.
  const known = Object.keys(problems).find((candidate) =>
    slug === undefined ? problems[candidate as ProblemSlug].status === reply.status : candidate === slug,
  );
  return known as ProblemSlug | undefined;
}

function checkProblem(where: string, reply: Reply, slug: ProblemSlug, row: Row | undefined): void {
  expectThat(problems[slug].status === reply.status, `${where}: the status is not the problem's`);
  const declared = [...anywhere, ...(row ? problemsOf(row) : [])];
  expectThat(declared.includes(slug), `${where}: ${row?.id ?? 'no row'} does not declare it`);
  expectThat(reply.status !== 405 || reply.headers.allow !== undefined, `${where}: no Allow`);
  expectThat(
    ![429, 503].includes(reply.status) || reply.headers['retry-after'] !== undefined,
    `${where}: no Retry-After`,
  );
  if (reply.json !== undefined) checkSchema(where, ['ProblemDocument'], reply.json);
}

function checkAnswer(where: string, row: Row, method: string, reply: Reply): void {
  if (reply.status === 304)
    return expectThat(Boolean(row.conditional) && isSafeMethod(row.method), `${where}: not declared`);
  const answer = row.answers[reply.status];
  if (answer === undefined) throw new Error(`${where}: ${row.id} does not declare it`);
  // RFC 7240 4.2: without a body there is nothing that Content-Location could speak of.
  const minimal = reply.headers['preference-applied']?.includes('return=minimal') ?? false;
  for (const name of answer.headers ?? []) {
    if (minimal && name === 'Content-Location') continue;
    expectThat(reply.headers[name.toLowerCase()] !== undefined, `${where}: no ${name}`);
  }
  expectThat(
    method !== 'POST' || ![206, 304, 416].includes(reply.status),
    `${where}: never an answer to POST (RFC 9110 9.3.3)`,
  );
  if (answer.body === undefined && answer.content === undefined && answer.events === undefined)
    expectThat(reply.bytes.length === 0, `${where}: a body`);
  checkMediaType(where, answer, reply);
  if (answer.body !== undefined && reply.headers['content-type'] === 'application/json' && method !== 'HEAD') {
    const names = [answer.body, answer.or].flatMap((view) => (view ? [view.name] : []));
    checkSchema(where, names, reply.json);
  }
}

/** The form that an answer has is one that its row declares: JSON and XML of every body, a page where there is one, media types of content. */
function checkMediaType(where: string, { body, or, content = [], events }: AnswerSpec, reply: Reply): void {
  const [type = ''] = (reply.headers['content-type'] ?? '').split(';');
  if (type === '') return;
  const declared = [
    ...[body, or].flatMap((representation) => (representation ? typesOf(representation, 'json') : [])),
    ...content,
    ...(events ? [mediaTypes.events] : []),
  ];
  const matches = (range: string): boolean =>
    range === type || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));
  expectThat(declared.some(matches), `${where}: ${type} is not declared`);
}

/** The committed document is what clients read: answers are held to it. */
const document = JSON.parse(readFileSync(join(process.cwd(), 'openapi.json'), 'utf8')) as { components: object };
const ajv = new Ajv({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(document, 'openapi');

function checkSchema(where: string, names: string[], value: unknown): void {
  const validate = validatorOf(names);
  expectThat(validate(value), `${where}: ${ajv.errorsText(validate.errors)}`);
}

const validators = new Map<string, ValidateFunction>();

/** Made once: that takes longer than all that it validates. */
function validatorOf(names: string[]): ValidateFunction {
  const made = validators.get(names.join());
  if (made !== undefined) return made;
  const validate = ajv.compile({ anyOf: names.map((name) => ({ $ref: `openapi#/components/schemas/${name}` })) });
  validators.set(names.join(), validate);
  return validate;
}

function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`The contract is broken. ${otherwise}`);
}

const seen = new Set<string>();

/** Told to the reporter, across all the processes of a run. */
function record(answer: string): void {
  const file = process.env['CONFORMANCE_RECORD'];
  if (file === undefined || seen.has(answer)) return;
  seen.add(answer);
  appendFileSync(file, `${answer}\n`);
}
