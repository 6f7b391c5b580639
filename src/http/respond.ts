import { type Request, type Response } from 'express';
import { isWanted } from './conditions.js';
import { sendContent } from './content.js';
import { type AnyAnswer, type Row, type Speech } from './contract.js';
import { etagOf } from './etag.js';
import { mediaTypes, negotiate, typesOf } from './negotiation.js';
import { render } from './render.js';

/** Sends what a handler returned: the only place where an answer other than a problem goes out. */
export async function respond(
  operation: Row,
  request: Request,
  response: Response,
  answer: AnyAnswer,
  speech: Speech,
): Promise<void> {
  const declared = operation.answers[answer.status];
  if (declared === undefined) throw new Error(`${operation.id} does not declare ${answer.status}`);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (Object.values(operation.answers).some(({ body, content }) => body ?? content))
    response.setHeader('Vary', 'Accept');
  if (answer.content !== undefined) {
    negotiate(request, [answer.content.mediaType]);
    return sendContent(request, response, answer.content);
  }
  response.status(answer.status);
  // RFC 9110 9.3.3: a POST's answer is not cached unless it says so. RFC 9111 5.2.2.4: kept, but asked about each time.
  response.setHeader('Cache-Control', request.method === 'GET' || request.method === 'HEAD' ? 'no-cache' : 'no-store');
  if (answer.body === undefined || declared.body === undefined) {
    response.end();
    return;
  }
  const representation = answer.as ?? declared.body;
  const mediaType = negotiate(request, typesOf(representation, answer.speak ?? speech));
  const text = render(representation, answer.body, mediaType);
  const safe = request.method === 'GET' || request.method === 'HEAD';
  const etag = etagOf(text);
  if (declared.headers?.includes('ETag') || (safe && answer.status === 200)) response.setHeader('ETag', etag);
  if (safe && answer.status === 200 && !isWanted(request, response, etag)) return;
  response.setHeader('Content-Type', mediaType === mediaTypes.json ? mediaType : `${mediaType}; charset=utf-8`);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(request.method === 'HEAD' ? undefined : text);
}
