import { hash } from 'node:crypto';
import { type Request, type Response } from 'express';
import { notesOf } from './notes.js';
import { Problem } from '../problems.js';
import { asksForFresh } from './fresh.js';
import { countRequest } from './caller-limits.js';
import { acceptedType, hasContent, readBody, refuseLongContent } from './body.js';
import { speechOf } from './content-type-field.js';
import {
  type Dto,
  isCounted,
  type Parameters,
  type Query,
  type Representation,
  type Row,
  type Speech,
} from './contract.js';
import { fieldsAsObject, formType, parseFormFields } from './form-fields.js';
import { parseJson } from './json.js';
import { isSafeMethod } from './methods.js';
import { mediaTypes, negotiate, typesOf } from './negotiation.js';
import { databaseUnavailable } from './database-unavailable.js';
import { evaluate } from './preconditions.js';
import { etagOf } from './etag.js';
import { reprDigest } from './content.js';
import { admit } from './doorkeeper.js';
import { identityOf } from './identity.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { nothingHere } from './nothing-here.js';
import { originOf } from './origin.js';
import { type Preferences, preferencesOf } from './prefer.js';
import { etagsOf, render } from './render.js';
import { rowMatches } from './rows.js';
import { httpSettings } from './settings.js';
import { refuseParameters, validateBody, validateQuery } from './validate.js';

/** One request of one contract row, as its handler sees it: validated, with what the vocabulary knows of it. */
export class Call<R extends Row = Row> {
  /** Origin of all links in the answer. */
  readonly origin: string;
  readonly prefer: Preferences;

  constructor(
    readonly row: R,
    readonly request: Request,
    readonly response: Response,
    readonly query: Query<R>,
    /** JSON or XML, as the request's own body is. */
    readonly speech: Speech,
  ) {
    this.origin = originOf(request);
    this.prefer = preferencesOf(request, row.prefers);
  }

  /** Whose resources the call sees. An open row has nobody's. */
  get owner(): string {
    return identityOf(this.request).owner;
  }

  /** What time it is, by the database. */
  get now(): Date {
    return httpSettings(this.request.app).now();
  }

  /** Aborted when the client is gone, or has its answer. */
  get signal(): AbortSignal {
    const controller = new AbortController();
    if (this.response.destroyed) controller.abort();
    this.response.once('close', () => controller.abort());
    return controller.signal;
  }

  /** Absolute URI that was asked for, with its query. An authority in the request line (RFC 9112 3.2.2) is not followed. */
  get url(): URL {
    const [, search = ''] = /^[^?#]*(\?[^#]*)/.exec(this.request.originalUrl) ?? [];
    return new URL(`${this.origin}${this.request.path}${wellFormed(search)}`);
  }

  param(name: keyof Parameters<R> & string): string {
    const value = this.request.params[name];
    if (typeof value !== 'string') throw new Error(`${this.row.path} has no parameter ${name}`);
    return value;
  }

  /** Which entry of the row's `accepts` the request's content is. */
  get contentType(): string {
    return acceptedType(this.row, this.request);
  }

  /** Whether there is any content: an empty POST mints a URI. */
  get isEmpty(): boolean {
    return !hasContent(this.request);
  }

  /** The scope of the Idempotency-Key that came with a POST; undefined without one. */
  get idempotency(): { owner: string; method: string; path: string; key: string } | undefined {
    const key = idempotencyKeyOf(this.request);
    return key === undefined
      ? undefined
      : { owner: this.owner, method: this.request.method, path: this.request.path, key };
  }

  /** Whether what was done before will not do (RFC 9111 5.2.1.4). */
  get asksForFresh(): boolean {
    return asksForFresh(this.request);
  }

  /** A body in JSON, or a form, as the DTO. */
  async structured<T extends object>(dto: Dto<T>): Promise<T> {
    const text = await readBody(this.request);
    if (this.contentType !== formType) return validateBody(dto, parseJson(text));
    return validateBody(dto, fieldsAsObject(parseFormFields(text)), { coerce: true });
  }

  /** The media type to answer with, where the handler has more to offer than a representation. */
  negotiate(representation: Representation, extra: readonly string[]): string {
    return negotiate(this.request, [...typesOf(representation, this.speech), ...extra]);
  }

  /**
   * Throws 412 where a precondition on a method that changes something does not hold (RFC 9110 13.2.2).
   * @param view null: the resource has no representation yet
   */
  requirePreconditions<T extends object>(representation: Representation<T>, view: T | null, more: string[] = []): void {
    const etags = view === null ? [] : [...etagsOf(representation, view), ...more];
    if (evaluate(this.request.method, this.request.headers, { etags }) === 'proceed') return;
    const present = view && render(representation, view, mediaTypes.json);
    const headers =
      present === null ? {} : { ETag: etagOf(present), 'Repr-Digest': reprDigest(hash('sha256', present)) };
    throw new Problem('precondition-failed', { headers });
  }
}

/** RFC 3986 3.4: what a query cannot have was taken for itself, a percent sign that begins no encoding too, and is written as that. */
function wellFormed(search: string): string {
  return search.replaceAll(/%(?![0-9a-f]{2})|[^\w.~!$&'()*+,;=:@/?%-]/gi, encodeURIComponent);
}

/**
 * What headers decide, before the handler runs and before any content is read: who calls, draining, the query, 406, 415, 413.
 * RFC 9110 13.2.1: these win over preconditions.
 */
export async function openCall<R extends Row>(operation: R, request: Request, response: Response): Promise<Call<R>> {
  const settings = httpSettings(request.app);
  // Routed by its shape alone: /images/tasks is not the image called "tasks".
  if (!rowMatches(operation, request.path)) throw nothingHere(request);
  notesOf(request).operation = operation.id;
  // Keys are looked up there too.
  if (!operation.standalone && settings.isDatabaseAway()) throw databaseUnavailable();
  await admit(operation, request);
  if (isCounted(operation)) countRequest(request, response);
  if (settings.draining) refuseNewWork(request, response);
  const query = queryOf(operation, request);
  const speech = speechOf(request);
  const available = Object.values<Row['answers'][number]>(operation.answers).flatMap((answer) => [
    ...(answer.body ? typesOf(answer.body, speech) : []),
    ...(answer.or ? typesOf(answer.or, speech) : []),
    ...(answer.content ?? []),
    ...(answer.events ? [mediaTypes.events] : []),
  ]);
  // Which image/* there is, only the handler knows.
  const known = !available.some((mediaType) => mediaType.endsWith('/*'));
  if (available.length > 0 && known) negotiate(request, [...new Set(available)]);
  // RFC 9110 14.5
  if (operation.method === 'PUT' && request.headers['content-range'] !== undefined) {
    throw new Problem('partial-put', { errors: [{ header: 'Content-Range', detail: 'not taken on PUT' }] });
  }
  if (operation.accepts && (hasContent(request) || !operation.acceptsNothing)) {
    acceptedType(operation, request);
    notesOf(request).pace = settings.bodyPace;
    refuseLongContent(request, settings.uploadBytesMax + multipartAllowance);
  }
  return new Call(operation, request, response, query, speech);
}

/** Part headers and the structured part beside the image. */
export const multipartAllowance = 1024 * 1024;

function refuseNewWork(request: Request, response: Response): void {
  response.setHeader('Connection', 'close');
  if (!isSafeMethod(request.method)) {
    throw new Problem('draining', { headers: { 'Retry-After': '2' } });
  }
}

function queryOf<R extends Row>(operation: R, request: Request): Query<R>;
function queryOf({ query, queryFields }: Row, request: Request): object {
  const given = Object.fromEntries(Object.entries(request.query).filter(([name]) => !queryFields?.has(name)));
  if (query !== undefined) return validateQuery(query, given);
  // Where none is declared, any parameter is a mistake that would otherwise be ignored silently.
  const errors = Object.keys(given).map((parameter) => ({ parameter, detail: 'there is no such parameter here' }));
  refuseParameters(errors);
  return given;
}
