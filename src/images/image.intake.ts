import { type IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import { type Call, multipartAllowance } from '../http/call.js';
import { type Compound, readCompound } from '../http/compound-body.js';
import { requireDigest } from '../http/digest-field.js';
import { fieldsAsObject } from '../http/form-fields.js';
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
  const intake = await takeImage(call, images, httpSettings(call.request.app).uploadBytesMax);
  try {
    return await use(intake);
  } finally {
    await images.discard(intake.upload);
  }
}

/** Takes an image in. @throws Problem 503 where it could not be looked at because this process is about to end */
export async function receiveImage(images: ImagesService, stream: Readable, bytesMax: number): Promise<Upload> {
  const upload = await images.receive(stream, bytesMax);
  const { inspection } = upload;
  if (inspection.ok || inspection.reason !== 'aborted') return upload;
  await images.discard(upload);
  throw new Problem('draining', { headers: { 'Retry-After': '2' } });
}

/** Raw, multipart/form-data or multipart/related. */
async function takeImage(call: ImageCall, images: ImagesService, bytesMax: number): Promise<ImageIntake> {
  if (!call.contentType.startsWith('multipart/')) {
    const upload = await takeRaw(call.request, images, bytesMax);
    return { upload: await readableOr422(upload, images), given: { ...call.query } };
  }
  const compound = await readCompound<Upload>(call.request, bytesMax + multipartAllowance, {
    file: 'image',
    fields: { has: (name) => name === 'name', words: 'name' },
    receive: (stream) => receiveImage(images, stream, bytesMax),
    discard: (upload) => images.discard(upload),
  });
  const { file } = compound;
  if (file === undefined) {
    throw new Problem('invalid-member', {
      detail: 'image: the body has no image.',
      errors: [{ pointer: '/image', detail: 'a file is expected' }],
    });
  }
  try {
    const given = named(descriptionOf(compound), call.query);
    return { upload: await readableOr422(file, images), given };
  } catch (error) {
    await images.discard(file);
    throw error;
  }
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
    throw new Problem('invalid-member', { detail: `/name: ${detail}.`, errors: [{ pointer: '/name', detail }] });
  }
  return { ...description, name };
}

async function takeRaw(request: IncomingMessage, images: ImagesService, bytesMax: number): Promise<Upload> {
  const upload = await receiveImage(images, streamOfRequest(request, bytesMax), bytesMax);
  try {
    requireDigest(request, upload.digest);
    return upload;
  } catch (error) {
    await images.discard(upload);
    throw error;
  }
}

async function readableOr422(upload: Upload, images: ImagesService): Promise<ReadableUpload> {
  const { inspection } = upload;
  if (inspection.ok) return { ...upload, header: inspection.header };
  await images.discard(upload);
  throw refusalOf(inspection, images.mediaTypes);
}

function refusalOf({ reason, detail }: Failure, taken: readonly string[]): Problem {
  if (reason === 'format-off') {
    // RFC 9110 15.5.16: what it does take.
    return new Problem('unsupported-media-type', { detail, headers: { Accept: taken.join(', ') } });
  }
  return new Problem(reason === 'too-large' ? 'image-too-large' : 'unreadable-image', { detail });
}
