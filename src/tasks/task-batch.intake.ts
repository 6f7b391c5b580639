import { acceptedType, readBody } from '../http/body.js';
import { readBundle } from '../http/bundle-body.js';
import { type Call, multipartAllowance } from '../http/call.js';
import { type Speech } from '../http/contract.js';
import { invalidMember } from '../http/invalid-member.js';
import { refuseUnusable } from '../http/json.js';
import { httpSettings } from '../http/settings.js';
import { receiveImage } from '../images/image.intake.js';
import { type ImagesService, type Upload } from '../images/images.service.js';
import { Problem } from '../problems.js';
import { batchBytesMax, batchTasksMax } from './task-batch.contract.js';
import { batchItems, type RawTask } from './task-batch-document.js';
import { imageIdOf, parseTask } from './task-document.js';
import { speechOf } from './task.intake.js';
import { type TaskOrder } from './task-order.js';

/** One of many tasks that were asked for: what it asks for, or what is wrong with it. */
export type BatchItem = { order: TaskOrder } | { problem: Problem };

export interface Batch {
  items: BatchItem[];
  speech: Speech;
}

/** An image that came along, or why it could not be taken in: that is the matter of the tasks that name it. */
type Files = ReadonlyMap<string, Upload | Problem>;

/** Reads tasks out of any body that may hold many, and discards what is left of their images after `use`. */
export async function withTasks<T>(call: Call, images: ImagesService, use: (batch: Batch) => Promise<T>): Promise<T> {
  const { text, speech, files } = await takeBatch(call, images, httpSettings(call.request.app).uploadBytesMax);
  try {
    return await use({ items: batchItems(text, speech).map((raw) => itemOf(call, raw, speech, files)), speech });
  } finally {
    await discardAll(files.values(), images);
  }
}

async function takeBatch(
  call: Call,
  images: ImagesService,
  bytesMax: number,
): Promise<{ text: string; speech: Speech; files: Files }> {
  if (!acceptedType(call.row, call.request).startsWith('multipart/')) {
    return { text: await readBody(call.request, batchBytesMax), speech: call.speech, files: new Map() };
  }
  const { document, files } = await readBundle<Upload | Problem>(call.request, bytesMax + multipartAllowance, {
    document: 'tasks',
    documentBytesMax: batchBytesMax,
    filesMax: batchTasksMax,
    receive: (stream) => refusedAlone(receiveImage(images, stream, bytesMax)),
    discard: (file) => discardAll([file], images),
  });
  if (document !== undefined) return { text: document.text, speech: speechOf(document), files };
  await discardAll(files.values(), images);
  throw invalidMember('/tasks', 'the body has no tasks', 'a JSON or XML document is expected');
}

async function discardAll(files: Iterable<Upload | Problem>, images: ImagesService): Promise<void> {
  for (const file of files) if (!(file instanceof Problem)) await images.discard(file);
}

/** One item after the other, and each for itself. */
function itemOf(call: Call, raw: RawTask, speech: Speech, files: Files): BatchItem {
  try {
    const body = raw();
    refuseUnusable(body);
    const { image, ...task } = parseTask(call, body, speech);
    return { order: { ...task, source: sourceOf(call, image, files) } };
  } catch (error) {
    return { problem: refusalIn(error) };
  }
}

/** RFC 2392: `cid:` and the Content-ID, percent-encoded where it has to be; in a form the name of the field stands for it. */
function sourceOf({ origin }: Call, image: string | undefined, files: Files): TaskOrder['source'] {
  if (image === undefined || !/^cid:/i.test(image)) return { imageId: imageIdOf(image, origin) };
  const file = files.get(decoded(image.slice('cid:'.length)));
  if (file === undefined) {
    throw invalidMember(
      '/image',
      'no part of the body is called so',
      'the Content-ID, or in a form the name, of a part',
    );
  }
  if (file instanceof Problem) throw file;
  return file;
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

async function refusedAlone(receiving: Promise<Upload>): Promise<Upload | Problem> {
  try {
    return await receiving;
  } catch (error) {
    return refusalIn(error);
  }
}

/** What is wrong with one item is no fault of the others. What is wrong with the service is not told item by item. */
function refusalIn(error: unknown): Problem {
  if (error instanceof Problem && error.status < 500) return error;
  throw error;
}
