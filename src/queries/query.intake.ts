import { readBody } from '../http/body.js';
import { type Call } from '../http/call.js';
import { invalidMember } from '../http/invalid-member.js';
import { parseJson } from '../http/json.js';
import { validateBody } from '../http/validate.js';
import { imageIdIn } from '../images/image.reference.js';
import { type ImagesService } from '../images/images.service.js';
import { distanceDefault } from './hamming.js';
import { type ImageQuery, type Range, type TimeRange } from './query.js';
import {
  ImageQueryRequest,
  type RangeRequest,
  type SimilarToRequest,
  type TimeRangeRequest,
} from './query-request.contract.js';
import { queryFromXml } from './query.xml.js';

/** A query and the page of it that is wanted. */
export interface QueryOrder {
  query: ImageQuery;
  limit: number | undefined;
  cursor: string | undefined;
}

/** Reads a query out of a JSON or XML body. A member that is null is one that was left out. */
export async function takeQuery(call: Call, images: ImagesService): Promise<QueryOrder> {
  const text = await readBody(call.request);
  const body = call.speech === 'xml' ? queryFromXml(text) : parseJson(text);
  const { limit, cursor, ...request } = validateBody(ImageQueryRequest, body);
  const similarTo = request.similarTo && (await similarToOf(call, images, request.similarTo));
  const query = { ...queryOf(request, call.origin), ...(similarTo && { similarTo }) };
  return { query, limit: limit ?? undefined, cursor: cursor ?? undefined };
}

type Filters = Omit<ImageQueryRequest, 'limit' | 'cursor' | 'similarTo'>;

function queryOf(request: Filters, origin: string): ImageQuery {
  const { ids, digests, name, labels, mediaTypes, text } = request;
  return {
    ...(ids && { ids: ids.map((item, index) => idOf(item, origin, `/ids/${index}`)) }),
    ...(digests && { digests }),
    ...(typeof name === 'string' && { name }),
    ...(labels && Object.keys(labels).length > 0 && { labels }),
    ...(mediaTypes && { mediaTypes }),
    ...(request.bytes && { bytes: rangeOf(request.bytes, '/bytes') }),
    ...(request.width && { width: rangeOf(request.width, '/width') }),
    ...(request.height && { height: rangeOf(request.height, '/height') }),
    ...(request.created && { created: timesOf(request.created, '/created') }),
    ...(request.modified && { modified: timesOf(request.modified, '/modified') }),
    ...(typeof text === 'string' && { text }),
  };
}

function idOf(reference: string, origin: string, pointer: string): string {
  const id = imageIdIn(reference, origin);
  if (id === undefined) throw invalidMember(pointer, 'an id or a URI such as /images/{id} is expected');
  return id;
}

function rangeOf({ min, max }: RangeRequest, pointer: string): Range {
  const [least, most] = [min ?? undefined, max ?? undefined];
  if (least !== undefined && most !== undefined && least > most)
    throw invalidMember(pointer, 'min is greater than max');
  return { ...(least !== undefined && { min: least }), ...(most !== undefined && { max: most }) };
}

function timesOf({ after, before }: TimeRangeRequest, pointer: string): TimeRange {
  if (after && before && after >= before) throw invalidMember(pointer, 'after is not before before');
  return { ...(after && { after: after.toISOString() }), ...(before && { before: before.toISOString() }) };
}

async function similarToOf(
  { owner, origin }: Call,
  images: ImagesService,
  { image, hash, distance }: SimilarToRequest,
): Promise<NonNullable<ImageQuery['similarTo']>> {
  const within = distance ?? distanceDefault;
  if (typeof image !== 'string') return { hash: (hash ?? '').toLowerCase(), distance: within };
  if (typeof hash === 'string') throw invalidMember('/similarTo', 'an image or a hash is expected, not both');
  const found = await images.find(owner, idOf(image, origin, '/similarTo/image'));
  if (found === null) throw invalidMember('/similarTo/image', 'there is no such image');
  if (found.hash === null)
    throw invalidMember(
      '/similarTo/image',
      'this image has no perceptual hash, or not yet: it comes a moment after the image',
    );
  return { hash: found.hash, distance: within };
}
