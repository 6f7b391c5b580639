import { acceptedType, readBody } from '../http/body.js';
import { type Call, multipartAllowance } from '../http/call.js';
import { type Speech } from '../http/contract.js';
import { type Compound, readCompound } from '../http/compound-body.js';
import { type FormField, formType, parseFormFields } from '../http/form-fields.js';
import { invalidMember } from '../http/invalid-member.js';
import { parseJson } from '../http/json.js';
import { spokenBy } from '../http/negotiation.js';
import { httpSettings } from '../http/settings.js';
import { receiveImage, refuseHopeless } from '../images/image.intake.js';
import { type ImagesService, type Upload } from '../images/images.service.js';
import { imageIdOf, parseTask, type TaskDocument } from './task-document.js';
import { type TaskOrder } from './task-order.js';
import { askedInForm, faultsOfFields, refuseTwice, taskFields } from './task.form.js';
import { taskFromXml } from './task.xml.js';

/** Reads a task out of any body that may hold one, and discards what is left of its image after `use`. */
export async function withTask<T>(
  call: Call,
  images: ImagesService,
  use: (order: TaskOrder) => Promise<T>,
): Promise<T> {
  const order = await takeTask(call, images, httpSettings(call.request.app).uploadBytesMax);
  try {
    return await use(order);
  } finally {
    if ('path' in order.source) await images.discard(order.source);
  }
}

/** JSON, XML, a form without a file, multipart/form-data or multipart/related. */
async function takeTask(call: Call, images: ImagesService, bytesMax: number): Promise<TaskOrder> {
  const type = acceptedType(call.row, call.request);
  if (type.startsWith('multipart/')) {
    refuseHopeless(call, images);
    return takeCompound(call, images, bytesMax);
  }
  const text = await readBody(call.request);
  const form = type === formType;
  return orderOf(call, form ? taskOfForm(call, parseFormFields(text)) : taskIn(call, text, call.speech));
}

async function takeCompound(call: Call, images: ImagesService, bytesMax: number): Promise<TaskOrder> {
  const compound = await readCompound<Upload>(call.request, bytesMax + multipartAllowance, {
    document: 'task',
    file: 'image',
    fields: taskFields,
    receive: (stream) => receiveImage(images, stream, bytesMax),
    discard: (upload) => images.discard(upload),
  });
  try {
    return orderOf(call, taskOf(call, compound), compound.file);
  } catch (error) {
    if (compound.file !== undefined) await images.discard(compound.file);
    throw error;
  }
}

/** The image came along, or is named: neither is ignored silently. */
function orderOf({ origin }: Call, { image, ...task }: TaskDocument, file?: Upload): TaskOrder {
  if (file === undefined) return { ...task, source: { imageId: imageIdOf(image, origin) } };
  if (image === undefined) return { ...task, source: file };
  throw invalidMember('/image', 'the image came along in a part of its own', 'leave it out, or leave the part out');
}

function taskOf(call: Call, { document, fields }: Compound<Upload>): TaskDocument {
  refuseTwice(document, fields);
  return document === undefined ? taskOfForm(call, fields) : taskIn(call, document.text, speechOf(document));
}

function taskIn(call: Call, text: string, speech: Speech): TaskDocument {
  return parseTask(call, speech === 'xml' ? taskFromXml(text) : parseJson(text), speech);
}

/** A form field has no media type of its own: XML begins with "<". */
export function speechOf({ mediaType, text }: { mediaType: string; text: string }): Speech {
  if (mediaType === 'text/plain') return text.trimStart().startsWith('<') ? 'xml' : 'json';
  return spokenBy(mediaType);
}

/** The flat fields of a form. */
function taskOfForm(call: Call, fields: readonly FormField[]): TaskDocument {
  const form = askedInForm(fields);
  return parseTask(call, form, 'json', (faults) => faultsOfFields(faults, form.operations));
}
