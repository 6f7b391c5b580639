import { once } from 'node:events';
import { type IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import { structuredBytesMax } from './body.js';
import { contentTypeOf } from './content-type-field.js';
import { formDataParts } from './form-data.js';
import { fieldsMax, type FormField } from './form-fields.js';
import { pointerTo } from './json.js';
import { malformed } from './malformed.js';
import { relatedParts } from './multipart-related.js';
import { type Part, partHeaderBytesMax } from './multipart.js';
import { readText } from './read-text.js';
import { tooLarge } from './request-bytes.js';
import { Problem } from '../problems.js';

/** What a multipart body of this service holds: one structured document, one file, and form fields. */
export interface Compound<File> {
  document?: { mediaType: string; text: string };
  file?: File;
  /** In their order; a name may come more than once. */
  fields: FormField[];
}

/** Which form fields there are. */
export interface FieldNames {
  has(name: string): boolean;
  /** The same in words. */
  words: string;
}

export interface CompoundShape<File> {
  /** Name of the form field that holds the document. In multipart/related the root part is it. */
  document?: string;
  /** Name of the form field that holds the file. In multipart/related any other part is it. */
  file: string;
  /** Further form fields. */
  fields?: FieldNames;
  /** Takes the file in while it streams. */
  receive: (stream: Readable) => Promise<File>;
  /** Gives up a file that was received, when the rest of the body is refused. */
  discard: (file: File) => Promise<void>;
}

/** Reads multipart/form-data or multipart/related: the order of the parts is free. */
export async function readCompound<File>(
  request: IncomingMessage,
  bytesMax: number,
  shape: CompoundShape<File>,
): Promise<Compound<File>> {
  const related = contentTypeOf(request)?.type === 'multipart/related';
  // The fields, the document and the file.
  const partsMax = fieldsMax + 2;
  const limits = { partsMax, partHeaderBytesMax, fieldBytesMax: structuredBytesMax, bytesMax };
  const compound: Compound<File> = { fields: [] };
  try {
    for await (const part of related ? relatedParts(request, limits) : formDataParts(request, limits)) {
      await take(part, roleOf(part, shape), compound, shape);
    }
    return compound;
  } catch (error) {
    if (compound.file !== undefined) await shape.discard(compound.file);
    throw error;
  }
}

type Role = 'document' | 'file' | 'field';

function roleOf(
  part: Part & { root?: boolean },
  { document, file, fields }: Pick<CompoundShape<never>, 'document' | 'file' | 'fields'>,
): Role {
  if (part.root !== undefined) return part.root ? 'document' : 'file';
  if (part.name === file) return 'file';
  if (part.name !== undefined && part.name === document) return 'document';
  if (part.name !== undefined && fields?.has(part.name)) return 'field';
  const known = [document, file, fields?.words].filter((name) => name !== undefined).join(', ');
  throw new Problem('unknown-member', {
    detail: `There is no form field ${JSON.stringify(part.name ?? '')} here: there are ${known}.`,
    errors: [{ pointer: pointerTo('', part.name ?? ''), detail: 'there is no such field here' }],
  });
}

async function take<File>(part: Part, role: Role, compound: Compound<File>, shape: CompoundShape<File>): Promise<void> {
  switch (role) {
    case 'file':
      if (await isUnchosen(part)) return;
      if (compound.file !== undefined) throw malformed('The body has more than one file.');
      compound.file = await shape.receive(part.stream);
      return;
    case 'document':
      if (compound.document !== undefined) throw malformed(`The body has more than one ${shape.document ?? 'root'}.`);
      compound.document = {
        mediaType: part.mediaType,
        text: await readText(part.stream, structuredBytesMax, part.charset),
      };
      return;
    case 'field':
      compound.fields.push([part.name ?? '', await readText(part.stream, structuredBytesMax, part.charset)]);
      refuseLongFields(compound.fields);
      return;
    default:
      role satisfies never;
  }
}

/** WHATWG HTML 4.10.22.4: where no file was chosen, a browser sends one without a name and without bytes. */
async function isUnchosen({ filename, stream }: Part): Promise<boolean> {
  if (filename !== '') return false;
  await once(stream, 'readable');
  const first: unknown = stream.read();
  if (first !== null) stream.unshift(first);
  return first === null;
}

/** Together no longer than a document, which they stand for: they are held in memory. Characters are counted, no more than its bytes. */
function refuseLongFields(fields: readonly FormField[]): void {
  const characters = fields.reduce((sum, [, value]) => sum + value.length, 0);
  if (characters > structuredBytesMax) throw tooLarge(structuredBytesMax);
}
