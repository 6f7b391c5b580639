import { type IncomingMessage } from 'node:http';
import { parseJson, wantContent } from '../http/body.js';
import { type Call, multipartAllowance } from '../http/call.js';
import { readCompound } from '../http/compound-body.js';
import { requireDigest } from '../http/digest-field.js';
import { streamOfRequest } from '../http/request-bytes.js';
import { httpSettings } from '../http/settings.js';
import { validateBody } from '../http/validate.js';
import { Problem } from '../problems.js';
import { ImageDescription } from './images.contract.js';
import { type ImagesService, type ReadableUpload, type Upload } from './images.service.js';

export interface ImageIntake {
  upload: ReadableUpload;
  given: { name?: string; labels?: Record<string, string> };
}

/** Reads an image out of any body that may hold one, and discards what is left of it after `use`. */
export async function withImage<T>(
  call: Call,
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

/** Raw, multipart/form-data or multipart/related. */
async function takeImage(call: Call, images: ImagesService, bytesMax: number): Promise<ImageIntake> {
  if (call.contentType === 'image/*') {
    const upload = await takeRaw(call.request, images, bytesMax);
    return { upload: await readableOr422(upload, images), given: {} };
  }
  const { document, file, fields } = await readCompound<Upload>(call.request, bytesMax + multipartAllowance, {
    file: 'image',
    fields: ['name'],
    receive: (stream) => images.receive(stream, bytesMax),
    discard: (upload) => images.discard(upload),
  });
  if (file === undefined) {
    throw new Problem('invalid-member', {
      detail: 'image: the body has no image.',
      errors: [{ pointer: '/image', detail: 'a file is expected' }],
    });
  }
  try {
    const description: unknown = document ? parseJson(document.text) : Object.fromEntries(fields);
    const given = validateBody(ImageDescription, description);
    return { upload: await readableOr422(file, images), given };
  } catch (error) {
    await images.discard(file);
    throw error;
  }
}

async function takeRaw(request: IncomingMessage, images: ImagesService, bytesMax: number): Promise<Upload> {
  wantContent(request);
  const upload = await images.receive(streamOfRequest(request, bytesMax), bytesMax);
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
  throw new Problem(inspection.reason === 'too-large' ? 'image-too-large' : 'unreadable-image', {
    detail: inspection.detail,
  });
}
