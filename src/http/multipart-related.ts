import { type IncomingMessage } from 'node:http';
import { parse as parseContentType } from 'content-type';
import { Problem } from '../problems.js';
import { contentTypeOf } from './content-type-field.js';
import { malformed } from './malformed.js';
import { type MultipartLimits, multipartParts, type Part } from './multipart.js';
import { type PartHeaders, withoutBrackets } from './part-headers.js';

/** The parts of a multipart/related body (RFC 2387), in their order; exactly one of them is the root. */
export async function* relatedParts(
  request: IncomingMessage,
  limits: MultipartLimits,
): AsyncGenerator<Part & { root: boolean }> {
  const contentType = contentTypeOf(request);
  if (contentType?.type !== 'multipart/related') throw new Problem('unsupported-media-type');
  const { parameters } = contentType;
  const start = withoutBrackets(parameters['start']);
  const rootType = mediaTypeOf(parameters['type']);
  let rootSeen = false;
  let first = true;
  for await (const { headers, stream } of multipartParts(request, parameters['boundary'], limits)) {
    // RFC 2387 3.2: `start` names the root by its Content-ID; the first part is it otherwise.
    const root = start === undefined ? first : headers.contentId === start;
    if (root && rootSeen) throw malformed('Two parts have the Content-ID that `start` names.');
    rootSeen ||= root;
    first = false;
    const mediaType = root ? typeOfRoot(headers, rootType) : (headers.mediaType ?? 'text/plain');
    yield { ...headers, mediaType, root, stream };
  }
  if (!rootSeen) throw malformed('No part has the Content-ID that `start` names.');
}

/** RFC 2387 3.1: `type` is the root's. Without it the root has to say so itself, and be one that explains itself. */
function typeOfRoot({ mediaType }: PartHeaders, rootType: string | undefined): string {
  if (rootType === undefined) {
    if (mediaType !== undefined && isStructured(mediaType)) return mediaType;
    throw malformed('Content-Type has no `type`, and the root part is not marked as JSON or XML.');
  }
  if (mediaType !== undefined && mediaType !== rootType) {
    throw new Problem('unsupported-media-type', {
      detail: `The root part is ${mediaType}, but the \`type\` of the body says ${rootType}.`,
    });
  }
  return rootType;
}

function isStructured(mediaType: string): boolean {
  return /^(application\/(json|xml)|text\/xml|[^/]+\/[^/]+\+(json|xml))$/.test(mediaType);
}

function mediaTypeOf(type: string | undefined): string | undefined {
  return type === undefined ? undefined : parseContentType(type).type;
}
