import { type IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import { type Call, multipartAllowance } from '../http/call.js';
import { type Compound, readCompound } from '../http/compound-body.js';
import { requireDigest } from '../http/digest-field.js';
import { fieldsAsObject } from '../http/form-fields.js';
import { invalidMember } from '../http/invalid-member.js';
import { parseJson } from '../http/json.js';
import { streamOfRequest } from '../http/request-bytes.js';
import { httpSettings } from '../http/settings.js';
import { validateBody } from '../http/validate.js';
import { type Failure } from '../processing/failure.js';
import { Problem } from '../problems.js';
import { type CreateImageQuery, ImageDescription } from './images.contract.js';
import { type ImagesService, type ReadableUpload, type Upload } from './images.service.js';

export interface ImageIntake {
  upload: ReadableUpload;
  given: { name?: string; labels?: Record<string, string> };
}

/** A call that brings an image, and may name it in its query. */
type ImageCall = Call & { query: CreateImageQuery };

/** Reads an image out of any body that may hold one, and discards what is left of it after `use`. */
export async function withImage<T>(
  call: ImageCall,
  images: ImagesService,
  use: (intake: ImageIntake) => Promise<T>,
): Promise<T> {
  const receiver: Receiver<Upload> = {
    receive: (stream, bytesMax) => receiveImage(images, stream, bytesMax),
    discard: (upload) => images.discard(upload),
  };
  refuseHopeless(call, images);
  const { file, given } = await takeImage(call, receiver, call.query);
  try {
    return await use({ upload: readable(file, call), given });
  } finally {
    await images.discard(file);
  }
}

/** What Content-Length tells already. In a multipart body not all of it is the image. @throws Problem 507 */
export function refuseHopeless({ request }: Call, images: ImagesService): void {
  const allowance = /^multipart\//i.test(request.headers['content-type'] ?? '') ? multipartAllowance : 0;
  images.refuseHopeless(Number(request.headers['content-length'] ?? 0) - allowance);
}

/** Where the bytes of an image go while they come. */
export interface Receiver<File> {
  receive: (stream: Readable, bytesMax: number) => Promise<File>;
  /** Gives up what was received. */
  discard: (file: File) => Promise<void>;
}

/** Takes an image in. @throws Problem 503 where it could not be looked at because this process is about to end */
export async function receiveImage(images: ImagesService, stream: Readable, bytesMax: number): Promise<Upload> {
  const upload = await images.receive(stream, bytesMax);
  const { inspection } = upload;
  if (inspection.ok || inspection.reason !== 'aborted') return upload;
  await images.discard(upload);
  throw new Problem('draining', { headers: { 'Retry-After': '2' } });
}

/**
 * Raw, multipart/form-data or multipart/related.
 * @param query what the URI says of the image
 */
export async function takeImage<File extends { digest: string }>(
  call: Call,
  receiver: Receiver<File>,
  query: CreateImageQuery,
): Promise<{ file: File; given: ImageIntake['given'] }> {
  const bytesMax = httpSettings(call.request.app).uploadBytesMax;
  if (!call.contentType.startsWith('multipart/'))
    return { file: await takeRaw(call.request, receiver, bytesMax), given: { ...query } };
  const compound = await readCompound<File>(call.request, bytesMax + multipartAllowance, {
    file: 'image',
    fields: { has: (name) => name === 'name', words: 'name' },
    receive: (stream) => receiver.receive(stream, bytesMax),
    discard: receiver.discard,
  });
  const file = imageIn(compound);
  try {
    return { file, given: named(descriptionOf(compound), query) };
  } catch (error) {
    await receiver.discard(file);
    throw error;
  }
}

/** @throws Problem 422 where there is none */
export function imageIn<File>({ file }: Compound<File>): File {
  if (file !== undefined) return file;
  throw invalidMember('/image', 'the body has no image', 'a file is expected');
}

function descriptionOf({ document, fields }: Compound<unknown>): ImageDescription {
  if (document === undefined) return validateBody(ImageDescription, fieldsAsObject(fields));
  if (!/^application\/(.+\+)?json$/.test(document.mediaType)) {
    throw new Problem('unsupported-media-type', {
      detail: `The description of an image is application/json, not ${document.mediaType}.`,
    });
  }
  return validateBody(ImageDescription, parseJson(document.text));
}

/** A name in the query and one in the body have to be the same: neither is ignored silently. */
function named(description: ImageDescription, { name }: CreateImageQuery): ImageIntake['given'] {
  if (name === undefined) return { ...description };
  if (description.name !== undefined && description.name !== name) {
    const detail = 'another name than that of the query; give one of the two';
    throw invalidMember('/name', detail);
  }
  return { ...description, name };
}

/** The whole content, held to the digest that it states. */
export async function takeRaw<File extends { digest: string }>(
  request: IncomingMessage,
  receiver: Receiver<File>,
  bytesMax: number,
): Promise<File> {
  const file = await receiver.receive(streamOfRequest(request, bytesMax), bytesMax);
  try {
    requireDigest(request, file.digest);
    return file;
  } catch (error) {
    await receiver.discard(file);
    throw error;
  }
}

function readable(upload: Upload, call: Call): ReadableUpload {
  const { inspection } = upload;
  if (inspection.ok) return { ...upload, header: inspection.header };
  throw refusalOf(inspection, call);
}

/** What is said of an image that cannot be read. */
export function refusalOf({ reason, detail }: Failure, { request }: Call): Problem {
  if (reason === 'format-off') {
    // RFC 9110 15.5.16: what it does take.
    return new Problem('unsupported-media-type', {
      detail,
      headers: { Accept: httpSettings(request.app).imageTypes.join(', ') },
    });
  }
  return new Problem(reason === 'too-large' ? 'image-too-large' : 'unreadable-image', { detail });
}
