import { type IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import { contentTypeOf } from './content-type-field.js';
import { formDataParts } from './form-data.js';
import { malformed } from './malformed.js';
import { relatedParts } from './multipart-related.js';
import { type Part, partHeaderBytesMax } from './multipart.js';
import { readText } from './read-text.js';

/** A multipart body of one structured document and any number of files, which it refers to by their names. */
export interface Bundle<File> {
  document?: { mediaType: string; text: string };
  /** By Content-ID in multipart/related, by the name of the field in multipart/form-data. */
  files: ReadonlyMap<string, File>;
}

export interface BundleShape<File> {
  /** Name of the form field that holds the document. In multipart/related the root part is it. */
  document: string;
  documentBytesMax: number;
  filesMax: number;
  /** Takes a file in while it streams. */
  receive: (stream: Readable) => Promise<File>;
  /** Gives up a file that was received, when the rest of the body is refused. */
  discard: (file: File) => Promise<void>;
}

/** Reads multipart/form-data or multipart/related: the order of the parts is free, and files are taken in one after the other. */
export async function readBundle<File>(
  request: IncomingMessage,
  bytesMax: number,
  { document: field, documentBytesMax, filesMax, receive, discard }: BundleShape<File>,
): Promise<Bundle<File>> {
  const related = contentTypeOf(request)?.type === 'multipart/related';
  const limits = { partsMax: filesMax + 1, partHeaderBytesMax, fieldBytesMax: documentBytesMax, bytesMax };
  const files = new Map<string, File>();
  let document: Bundle<File>['document'];
  try {
    for await (const part of related ? relatedParts(request, limits) : formDataParts(request, limits)) {
      if (isDocument(part, field)) {
        if (document !== undefined) throw malformed(`The body has more than one ${field}.`);
        document = { mediaType: part.mediaType, text: await readText(part.stream, documentBytesMax, part.charset) };
      } else {
        const name = nameOf(part);
        if (files.has(name)) throw malformed(`Two parts are called ${JSON.stringify(name.slice(0, 200))}.`);
        files.set(name, await receive(part.stream));
      }
    }
    return { files, ...(document && { document }) };
  } catch (error) {
    for (const file of files.values()) await discard(file);
    throw error;
  }
}

type AnyPart = Part & { root?: boolean };

const isDocument = ({ root, name }: AnyPart, field: string): boolean => root ?? name === field;

/** RFC 2392: what `cid:` leads to. */
function nameOf({ root, name, contentId }: AnyPart): string {
  const called = root === undefined ? name : contentId;
  if (called === undefined || called === '') throw malformed('A part has no Content-ID: nothing can refer to it.');
  return called;
}
