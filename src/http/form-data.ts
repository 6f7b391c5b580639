import { type IncomingMessage } from 'node:http';
import { Problem } from '../problems.js';
import { contentTypeOf } from './content-type-field.js';
import { malformed } from './malformed.js';
import { type MultipartLimits, multipartParts, type Part } from './multipart.js';

/** The parts of a multipart/form-data body (RFC 7578), in their order. A name may come more than once: the consumer decides. */
export async function* formDataParts(
  request: IncomingMessage,
  limits: MultipartLimits,
): AsyncGenerator<Part & { name: string }> {
  const contentType = contentTypeOf(request);
  if (contentType?.type !== 'multipart/form-data') throw new Problem('unsupported-media-type');
  for await (const { headers, stream } of multipartParts(request, contentType.parameters['boundary'], limits)) {
    const { name, mediaType = 'text/plain' } = headers;
    // RFC 7578 4.2: every part has `Content-Disposition: form-data` with a name.
    if (name === undefined || name === '') {
      throw malformed('A part has no name (Content-Disposition: form-data; name="…").');
    }
    yield { ...headers, name, mediaType, stream };
  }
}
