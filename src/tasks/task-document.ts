import { type EntityManager } from 'typeorm';
import { type Callback } from '../alerts/alert.js';
import { type Call } from '../http/call.js';
import { type Speech } from '../http/contract.js';
import { invalidMember } from '../http/invalid-member.js';
import { httpSettings } from '../http/settings.js';
import { type MemberFault, refuseMembers, validateBody } from '../http/validate.js';
import { imageIdIn } from '../images/image.reference.js';
import { type ImagesService } from '../images/images.service.js';
import { faultOfUrl } from '../outbound/callback-url.js';
import { namedImages, renameImages } from '../processing/named-images.js';
import { type OperationCall } from '../processing/operation.js';
import { parseOperations } from '../processing/operations.js';
import { type Problem } from '../problems.js';
import { type CallbackRequest, TaskRequest } from './task-request.contract.js';
import { inputId, inputPath } from './task-inputs.js';
import { type TaskOrder } from './task-order.js';

/** A task as its document says it, and the image that it names, if it names one. */
export type TaskDocument = Omit<TaskOrder, 'source'> & { image: string | undefined };

/**
 * @param body the JSON of it, or what that would be
 * @param named names each fault as the sender of a form would
 */
export function parseTask(
  call: Call,
  body: unknown,
  speech: Speech,
  named?: (faults: readonly MemberFault[]) => MemberFault[],
): TaskDocument {
  const { operations, image, callback, taskTtl = null, resultTtl = null } = validateBody(TaskRequest, body);
  return {
    ...{ owner: call.owner, operations: operationsIn(call, operations, speech, named), speech, taskTtl, resultTtl },
    // A member that is null is one that was left out.
    image: image ?? undefined,
    callback: callback ? callbackOf(call, callback) : null,
    fresh: call.asksForFresh,
  };
}

/** Operations as they came from outside, checked; a stored image that they name has its path for a name. */
export function operationsIn(
  call: Call,
  operations: unknown,
  speech: Speech,
  named?: (faults: readonly MemberFault[]) => MemberFault[],
): OperationCall[] {
  // In XML and in forms every value is a string.
  const parsed = parseOperations(operations, { coerce: speech === 'xml' || named !== undefined });
  if ('operations' in parsed) return withPaths(parsed.operations, call.origin);
  refuseMembers(named?.(parsed.faults) ?? parsed.faults);
  throw new Error('operations were refused without a fault');
}

function callbackOf({ origin, request }: Call, { url, secret, format }: CallbackRequest): Callback {
  const { privateCallbacks, sealed } = httpSettings(request.app);
  const fault = faultOfUrl(url, privateCallbacks);
  if (fault !== undefined)
    throw invalidMember('/callback/url', fault.replace(/\.$/, ''), 'a public http or https URL is expected');
  return { url, secret: secret ? sealed(secret) : null, format: format ?? 'json', origin };
}

/** The stored images that operations name, each as its path: one name for one image. */
function withPaths(operations: readonly OperationCall[], origin: string): OperationCall[] {
  return renameImages(operations, ({ pointer, image }) => inputPath(imageIdOf(image, origin, pointer)));
}

/** The id in the path of an image or in its URI at this origin, or the id itself. What lives elsewhere is not ours to fetch. */
export function imageIdOf(image: string | undefined, origin: string, pointer = '/image'): string {
  if (image === undefined)
    throw invalidMember(
      pointer,
      'which image? Name a stored one, or send one along as multipart',
      'the URI of an image is expected',
    );
  const id = imageIdIn(image, origin);
  if (id === undefined)
    throw invalidMember(pointer, 'not the URI of an image here', 'a URI such as /images/{id} is expected');
  return id;
}

/** Which image of an order that was not accepted is not there: one that an operation names, or else the one to work on. */
export async function noSuchImage(order: TaskOrder, images: ImagesService, tx?: EntityManager): Promise<Problem> {
  const refusal = (pointer: string) =>
    invalidMember(pointer, 'there is no such image', 'the URI of a stored image is expected');
  for (const { pointer, image } of namedImages(order.operations)) {
    if ((await images.find(order.owner, inputId(image), tx)) === null) return refusal(pointer);
  }
  return refusal('/image');
}
