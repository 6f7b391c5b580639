import { problems, type ProblemSlug } from './problem-types.js';

/** One fault of several: where (a JSON Pointer into the body, a query parameter, a header) and what was expected there. */
export interface Fault {
  pointer?: string;
  parameter?: string;
  header?: string;
  detail: string;
}

export interface ProblemOptions {
  detail?: string;
  errors?: Fault[];
  /** Extension members of the problem document (RFC 9457 3.2). */
  members?: Record<string, unknown>;
  /** Header fields of the answer, such as Retry-After. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/** A refusal, thrown from anywhere and turned into a problem document by http/problem.filter.ts. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly meaning: string;
  readonly detail: string | undefined;
  readonly errors: Fault[] | undefined;
  readonly members: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    readonly slug: ProblemSlug,
    options: ProblemOptions = {},
  ) {
    super(options.detail ?? problems[slug].title, { cause: options.cause });
    this.name = 'Problem';
    this.status = problems[slug].status;
    this.title = problems[slug].title;
    this.meaning = problems[slug].meaning;
    this.detail = options.detail;
    this.errors = options.errors;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
  }
}
