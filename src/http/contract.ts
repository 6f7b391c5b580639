import { type FieldNames } from './compound-body.js';
import { type Content } from './content.js';
import { type EphemeralBytes } from './ephemeral-bytes.js';
import { type EventStream } from './event-stream.js';
import { type XmlElement } from './xml-out.js';
import { type ProblemSlug } from '../problem-types.js';
import { type HeaderName } from './header-fields.js';
import { isSafeMethod } from './methods.js';
import { type Preference } from './prefer.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'QUERY';

/**
 * A class whose instances are plain data: the JSON form of a resource. It may know its XML form (`xmlOf` makes one
 * else), and has a page where it knows that.
 */
export interface Representation<T extends object = object> {
  new (): T;
  /** Name of the root element. */
  readonly element: string;
  toXml?(view: T): XmlElement;
  toHtml?(view: T): string;
}

/** A class-validator class: what a body or a query must be. */
export type Dto<T extends object = object> = new () => T;

/** A JSON Schema for the document, where no class says it. */
export interface JsonSchema {
  [keyword: string]: unknown;
}

export interface BodySpec {
  description: string;
  /** A DTO class, or a schema, or neither for bytes. */
  schema?: Dto | JsonSchema;
  example?: unknown;
}

export interface AnswerSpec {
  description: string;
  /** Fields that are always there. */
  headers?: readonly HeaderName[];
  /** Fields that are there where they mean something, beside those that follow from what the row honours. */
  mayCarry?: readonly HeaderName[];
  /** Answered as JSON or XML, by Accept. */
  body?: Representation;
  /** What the body may be instead; the handler says so with `as`. */
  or?: Representation;
  /** Media types of an answer that is bytes. */
  content?: readonly string[];
  /** Server-sent events, until their end. */
  events?: true;
  /** Of a POST: so long a private cache may answer GETs of its URI with this, s (RFC 9110 9.3.3). */
  freshSeconds?: number;
}

/** What this service POSTs to a client that is a service itself, and what is made of its answer. */
export interface CallbackSpec {
  name: string;
  /** Where the request names the URL: an OpenAPI runtime expression. */
  url: string;
  summary: string;
  body: Representation;
  /** Status, or range of statuses → what follows. */
  answers: Readonly<Record<string, string>>;
}

/**
 * One operation of the API: from it come the route, what goes out, the types of the handler, the OpenAPI document and
 * the conformance check. Refusals that follow from the row itself (400, 404 of an id, 406, 413, 415, 500, 503) are
 * added by `problemsOf`.
 */
export interface Row {
  id: string;
  method: Method;
  /** RFC 6570 template: `/images/{id}`. An `{id}` is a UUID. */
  path: string;
  /** Other spellings of the same path. */
  aliases?: readonly string[];
  tag: string;
  summary: string;
  description?: string;
  query?: Dto;
  /** Further query parameters, which the handler reads as the flat fields of a form. */
  queryFields?: FieldNames;
  /** Media type → what it holds. Anything else gives 415. */
  accepts?: Readonly<Record<string, BodySpec>>;
  /** No content at all is taken too, and means something. */
  acceptsNothing?: boolean;
  /** A POST whose effect may be asked for again with the same Idempotency-Key. */
  idempotencyKey?: boolean;
  /** What was done before may be the answer, unless Cache-Control says no-cache. */
  reuses?: boolean;
  /** What of a Prefer field (RFC 7240) is honoured. */
  prefers?: readonly Preference[];
  /** What is sent to the client later. */
  callback?: CallbackSpec;
  answers: Readonly<Record<number, AnswerSpec>>;
  problems?: readonly ProblemSlug[];
  /** Preconditions (RFC 9110 13) are evaluated by the handler: 412 is declared, 304 too for a GET. */
  conditional?: boolean;
  /** Answered without the database, such as /livez: neither 500 nor 503 is expected of it. */
  standalone?: boolean;
}

export function row<const R extends Row>(definition: R): R {
  return definition;
}

type PathParameters<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [Key in Name | keyof PathParameters<Rest>]: string }
  : Record<never, string>;
export type Parameters<R extends Row> = PathParameters<R['path']>;
export type Query<R extends Row> = R extends { query: Dto<infer T> } ? T : Record<never, never>;

/** Fields that the sender itself knows: a handler need not, and cannot, give them. */
type OwnHeader = 'ETag' | 'Cache-Control' | 'Accept-Ranges' | 'Repr-Digest' | 'Content-Disposition' | 'Content-Range';
type HeadersOf<S> = S extends { headers: readonly (infer Name extends HeaderName)[] }
  ? [Exclude<Name, OwnHeader>] extends [never]
    ? { headers?: undefined }
    : { headers: Record<Exclude<Name, OwnHeader>, string> }
  : { headers?: undefined };
type BodyOf<S> =
  | (S extends { body: Representation<infer T> } ? { body: T; as?: undefined; speak?: Speech } : never)
  | (S extends { or: Representation<infer U> } ? { body: U; as: Representation<U>; speak?: Speech } : never)
  | (S extends { content: readonly string[] }
      ? { content: Content } | { bytes: EphemeralBytes } | { text: string; mediaType: string }
      : never)
  | (S extends { events: true } ? { events: (stream: EventStream) => void } : never);
type Carried<S> = S extends { body: Representation } | { content: readonly string[] } | { events: true }
  ? BodyOf<S>
  : { body?: undefined };

/** Which of the two a resource speaks when Accept leaves it open. */
export type Speech = 'json' | 'xml';

/** What a handler of the row may return: one of the declared answers, with all its headers. */
export type Answer<R extends Row> = {
  [Status in keyof R['answers'] & number]: { status: Status } & HeadersOf<R['answers'][Status]> &
    Carried<R['answers'][Status]>;
}[keyof R['answers'] & number];

/** The same without its row's types, as the sender sees it. */
export interface AnyAnswer {
  status: number;
  headers?: Readonly<Record<string, string>> | undefined;
  body?: object | undefined;
  as?: Representation | undefined;
  content?: Content;
  /** Made for this answer alone: no range, no validator, nothing that could be asked for again. */
  bytes?: EphemeralBytes;
  /** The same of a text that is at hand. */
  text?: string;
  mediaType?: string;
  /** Begins the stream; it goes on by itself. */
  events?: (stream: EventStream) => void;
  speak?: Speech;
}

/** All refusals the row may give: its own, and those that follow from what it is. */
export function problemsOf(operation: Row): ProblemSlug[] {
  const found = new Set<ProblemSlug>(operation.problems);
  found.add('invalid-parameter');
  if (operation.path.includes('{')) found.add('not-found');
  if (Object.values(operation.answers).some((answer) => answer.body ?? answer.content ?? answer.events))
    found.add('not-acceptable');
  if (operation.accepts) {
    found.add('malformed-body').add('body-too-large').add('unsupported-media-type');
  }
  if (operation.conditional) found.add('precondition-failed');
  if (operation.method === 'PUT') found.add('partial-put');
  if (operation.idempotencyKey)
    found.add('malformed-request').add('idempotency-key-in-use').add('idempotency-key-reused');
  if (!operation.standalone) found.add('internal-error').add('database-unavailable');
  // RFC 10008 2: without a Content-Type a query means nothing.
  if (operation.method === 'QUERY') found.add('malformed-request');
  if (!isSafeMethod(operation.method)) found.add('draining');
  return [...found];
}
