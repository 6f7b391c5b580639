import { type EntityManager } from 'typeorm';
import { acceptedType, readBody } from '../http/body.js';
import { type Callback } from '../alerts/alert.js';
import { type Call, multipartAllowance } from '../http/call.js';
import { type Speech } from '../http/contract.js';
import { readCompound } from '../http/compound-body.js';
import { parseJson } from '../http/json.js';
import { spokenBy } from '../http/negotiation.js';
import { httpSettings } from '../http/settings.js';
import { refuseMembers, validateBody } from '../http/validate.js';
import { receiveImage } from '../images/image.intake.js';
import { type ImagesService, type Upload } from '../images/images.service.js';
import { faultOfUrl } from '../outbound/callback-url.js';
import { namedImages, renameImages } from '../processing/named-images.js';
import { type OperationCall } from '../processing/operation.js';
import { parseOperations } from '../processing/operations.js';
import { Problem } from '../problems.js';
import { type CallbackRequest, TaskRequest } from './task-request.contract.js';
import { inputId, inputPath } from './task-inputs.js';
import { taskFromXml } from './task.xml.js';
import { type TaskOrder } from './task-order.js';

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

/** JSON, XML, multipart/form-data or multipart/related. */
async function takeTask(call: Call, images: ImagesService, bytesMax: number): Promise<TaskOrder> {
  const { owner, origin } = call;
  if (!acceptedType(call.row, call.request).startsWith('multipart/')) {
    const { image, ...task } = parseTask(call, await readBody(call.request), call.speech);
    return { owner, ...task, source: { imageId: imageIdOf(image, origin) } };
  }
  const { document, file } = await readCompound<Upload>(call.request, bytesMax + multipartAllowance, {
    document: 'task',
    file: 'image',
    receive: (stream) => receiveImage(images, stream, bytesMax),
    discard: (upload) => images.discard(upload),
  });
  try {
    if (document === undefined) throw invalid('/task', 'the body has no task', 'a JSON or XML document is expected');
    const { image, ...task } = parseTask(call, document.text, speechOf(document));
    if (file === undefined) return { owner, ...task, source: { imageId: imageIdOf(image, origin) } };
    if (image !== undefined) {
      throw invalid('/image', 'the image came along in a part of its own', 'leave it out, or leave the part out');
    }
    return { owner, ...task, source: file };
  } catch (error) {
    if (file !== undefined) await images.discard(file);
    throw error;
  }
}

/** A form field has no media type of its own: XML begins with "<". */
function speechOf({ mediaType, text }: { mediaType: string; text: string }): Speech {
  if (mediaType === 'text/plain') return text.trimStart().startsWith('<') ? 'xml' : 'json';
  return spokenBy(mediaType);
}

function parseTask(
  call: Call,
  text: string,
  speech: Speech,
): Omit<TaskOrder, 'owner' | 'source'> & { image: string | undefined } {
  const body = speech === 'xml' ? taskFromXml(text) : parseJson(text);
  const { operations, image, callback, taskTtl = null, resultTtl = null } = validateBody(TaskRequest, body);
  // In XML every value is a string.
  const parsed = parseOperations(operations, { coerce: speech === 'xml' });
  if ('faults' in parsed) {
    refuseMembers(parsed.faults);
    throw new Error('operations were refused without a fault');
  }
  return {
    // A member that is null is one that was left out.
    ...{ operations: withPaths(parsed.operations, call.origin), image: image ?? undefined, speech, taskTtl, resultTtl },
    callback: callback ? callbackOf(call, callback) : null,
    fresh: call.asksForFresh,
  };
}

function callbackOf({ origin, request }: Call, { url, secret, format }: CallbackRequest): Callback {
  const fault = faultOfUrl(url, httpSettings(request.app).privateCallbacks);
  if (fault !== undefined)
    throw invalid('/callback/url', fault.replace(/\.$/, ''), 'a public http or https URL is expected');
  return { url, secret: secret ?? null, format: format ?? 'json', origin };
}

/** The stored images that operations name, each as its path: one name for one image. */
function withPaths(operations: readonly OperationCall[], origin: string): OperationCall[] {
  return renameImages(operations, ({ pointer, image }) => inputPath(imageIdOf(image, origin, pointer)));
}

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const imageUriPattern = new RegExp(`^(?:(?:/images/)?(${uuid})|/images/(${uuid})/content)$`, 'i');

/** The id in the path of an image or in its URI at this origin, or the id itself. What lives elsewhere is not ours to fetch. */
function imageIdOf(image: string | undefined, origin: string, pointer = '/image'): string {
  if (image === undefined)
    throw invalid(
      pointer,
      'which image? Name a stored one, or send one along as multipart',
      'the URI of an image is expected',
    );
  const path = image.startsWith(`${origin}/`) ? image.slice(origin.length) : image;
  const [, own, ofContent] = imageUriPattern.exec(path) ?? [];
  const id = own ?? ofContent;
  if (id === undefined)
    throw invalid(pointer, 'not the URI of an image here', 'a URI such as /images/{id} is expected');
  return id.toLowerCase();
}

/** Which image of an order that was not accepted is not there: one that an operation names, or else the one to work on. */
export async function noSuchImage(order: TaskOrder, images: ImagesService, tx?: EntityManager): Promise<Problem> {
  const refusal = (pointer: string) =>
    invalid(pointer, 'there is no such image', 'the URI of a stored image is expected');
  for (const { pointer, image } of namedImages(order.operations)) {
    if ((await images.find(order.owner, inputId(image), tx)) === null) return refusal(pointer);
  }
  return refusal('/image');
}

function invalid(pointer: string, detail: string, expected: string): Problem {
  return new Problem('invalid-member', { detail: `${pointer}: ${detail}.`, errors: [{ pointer, detail: expected }] });
}
