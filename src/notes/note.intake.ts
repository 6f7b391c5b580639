import { type Call } from '../http/call.js';
import { contentTypeOf } from '../http/content-type-field.js';
import { readBody, structuredBytesMax } from '../http/body.js';
import { firstRepeated } from '../http/first-repeated.js';
import { refuseUnusable } from '../http/json.js';
import { malformed } from '../http/malformed.js';
import { readText } from '../http/read-text.js';
import { streamOfRequest } from '../http/request-bytes.js';
import { validateBody } from '../http/validate.js';
import { parseXml } from '../http/xml-in.js';
import { type NewNote } from './note.js';
import { type createNote, NoteRequest } from './notes.contract.js';

/** Reads a note out of any body that may hold one. */
export async function takeNote(call: Call<typeof createNote>): Promise<NewNote> {
  const { text, author = null } = await requested(call);
  return { text, author };
}

async function requested(call: Call<typeof createNote>): Promise<NoteRequest> {
  switch (call.contentType) {
    case 'text/plain':
      return validateBody(NoteRequest, usable({ text: await plainText(call) }));
    case 'application/xml':
      return validateBody(NoteRequest, noteFromXml(await readBody(call.request)));
    default:
      return call.structured(NoteRequest);
  }
}

/** Line ends as forms and JSON have them: what was typed at a terminal and in a browser is the same note. */
async function plainText({ request }: Call): Promise<string> {
  const charset = contentTypeOf(request)?.parameters['charset'];
  const text = await readText(streamOfRequest(request, structuredBytesMax), structuredBytesMax, charset);
  return text.replaceAll('\r\n', '\n').replace(/\n$/, '');
}

/** `<note><text>…</text><author>…</author></note>` as the plain object that its JSON would be. */
function noteFromXml(document: string): object {
  const { name, attributes, children, text } = parseXml(document);
  if (name !== 'note') throw malformed(`The root element is <note>, not <${name}>.`);
  if (text.trim() !== '') throw malformed('<note> has text beside its elements: the text is for <text>.');
  const members = [...Object.entries(attributes), ...children.map((child) => [child.name, child.text] as const)];
  const names = members.map(([member]) => member);
  const repeated = firstRepeated(names);
  if (repeated !== undefined) throw malformed(`<note> has more than one ${repeated}.`);
  const nested = children.find((child) => child.children.length > 0 || Object.keys(child.attributes).length > 0);
  if (nested !== undefined) throw malformed(`<${nested.name}> holds text alone.`);
  return usable(Object.fromEntries(members));
}

function usable(body: object): object {
  refuseUnusable(body);
  return body;
}
