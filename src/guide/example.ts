/**
 * One exchange that shows a case. In braces stand names: `{image}` is an image that is there, `{etag}` the tag of the answer
 * before, others are what `keep` has named.
 */
export interface Step {
  /** The contract row that is asked: its method is the request's. */
  operation: string;
  /** With its query, where it has one. */
  path: string;
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** Content as a text; a form where no Content-Type says otherwise. */
  data?: string;
  /** Content that is the bytes of a file. */
  file?: string;
  /** multipart/form-data; `@photo.jpg` is a file. */
  form?: Readonly<Record<string, string>>;
  /** What the id in Location, or the first in the body, is called from now on. */
  keep?: string;
  /** Asked when the tasks that were accepted have ended, and their callbacks were answered. */
  whenDone?: true;
}

/** What the service POSTs to the client, and what the client answers. */
export interface CallbackStep {
  callback: string;
  status: number;
}

/** A row of a table: a case of POST, and how this service shows it. */
export interface Case {
  id: string;
  /** What is asked of which kind of resource, or what POST is used for. */
  title: string;
  /** What the source says of it. */
  source: string;
  steps: readonly (Step | CallbackStep)[];
}

export function isCallback(step: Step | CallbackStep): step is CallbackStep {
  return 'callback' in step;
}
