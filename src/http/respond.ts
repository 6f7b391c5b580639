import { enterStream } from './caller-limits.js';
import { isWanted } from './conditions.js';
import { type Call } from './call.js';
import { sendContent } from './content.js';
import { type AnyAnswer, type Row } from './contract.js';
import { isStillLetIn } from './doorkeeper.js';
import { sendEphemeral } from './ephemeral-bytes.js';
import { etagOf } from './etag.js';
import { EventStream } from './event-stream.js';
import { describePage } from './html/page.js';
import { isSafeMethod } from './methods.js';
import { mediaTypes, negotiate, typesOf } from './negotiation.js';
import { preferenceApplied } from './prefer.js';
import { render } from './render.js';
import { httpSettings } from './settings.js';
import { abandonContent } from './unread-content.js';

/** Sends what a handler returned: the only place where an answer other than a problem goes out. */
export async function respond(call: Call, answer: AnyAnswer): Promise<void> {
  const { row, request, response, prefer } = call;
  const declared = row.answers[answer.status];
  if (declared === undefined) throw new Error(`${row.id} does not declare ${answer.status}`);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  abandonContent(request, response);
  const vary = varyOf(row);
  if (vary !== '') response.setHeader('Vary', vary);
  const applied = preferenceApplied(prefer, answer.status);
  if (applied !== '') response.setHeader('Preference-Applied', applied);
  if (answer.content !== undefined) {
    negotiate(request, [answer.content.mediaType]);
    return sendContent(request, response, answer.content);
  }
  response.status(answer.status);
  // A redirect is not the end of what the caller wanted: what it is told to slow down by, it is told at its target.
  if (answer.status === 303) for (const name of ['RateLimit', 'RateLimit-Policy']) response.removeHeader(name);
  // RFC 9110 9.3.3: a POST's answer is not cached unless it says so. RFC 9111 5.2.2.4: kept, but asked about each time.
  response.setHeader('Cache-Control', isSafe(call) ? 'no-cache' : 'no-store');
  if (answer.bytes !== undefined) return sendEphemeral(response, answer.bytes);
  if (answer.text !== undefined) response.setHeader('Content-Type', answer.mediaType ?? '').end(answer.text);
  else if (answer.events !== undefined) sendEvents(call, answer.events);
  else if (answer.body === undefined || declared.body === undefined) response.end();
  else sendBody(call, answer, answer.as ?? declared.body, answer.body);
}

function sendBody(call: Call, answer: AnyAnswer, representation: NonNullable<AnyAnswer['as']>, body: object): void {
  const { row, request, response, prefer, speech } = call;
  const { headers, freshSeconds } = row.answers[answer.status] ?? {};
  const mediaType = negotiate(request, typesOf(representation, answer.speak ?? speech));
  const text = render(representation, body, mediaType);
  const found = isSafe(call) && answer.status === 200;
  if (mediaType === mediaTypes.html) sayOfPage(call, answer.status);
  if (freshSeconds !== undefined && isAsGetWouldBe(call, representation, mediaType)) {
    response.setHeader('Cache-Control', `private, max-age=${freshSeconds}`);
  }
  if (found || headers?.includes('ETag')) {
    const etag = etagOf(text);
    response.setHeader('ETag', etag);
    if (found && !isWanted(request, response, etag)) return;
  }
  if (prefer.return === 'minimal' && answer.status < 300) {
    // RFC 9110 8.7: it would say of what is sent, nothing, that it represents that resource.
    response.removeHeader('Content-Location');
    response.setHeader('Content-Length', 0).end();
    return;
  }
  response.setHeader('Content-Type', mediaType === mediaTypes.json ? mediaType : `${mediaType}; charset=utf-8`);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(request.method === 'HEAD' ? undefined : text);
}

/**
 * A cache gives what it keeps of a POST to a GET with the same Accept: it has to be what that would get. A page is not, since
 * it comes again by itself (`refresh`); neither is XML that only the language of the request has chosen.
 */
function isAsGetWouldBe({ request }: Call, representation: NonNullable<AnyAnswer['as']>, mediaType: string): boolean {
  return mediaType !== mediaTypes.html && mediaType === negotiate(request, typesOf(representation, 'json'));
}

function sendEvents({ request, response }: Call, begin: (stream: EventStream) => void): void {
  response.setHeader('Content-Type', mediaTypes.events);
  // nginx collects answers otherwise, and passes events on when there are enough of them.
  response.setHeader('X-Accel-Buffering', 'no');
  // The client went away while its task was looked up: nothing would ever tell a stream of that.
  if (request.method === 'HEAD' || response.destroyed) {
    response.end();
    return;
  }
  const leave = enterStream(request);
  const stream = new EventStream(response, () => isStillLetIn(request));
  stream.onClose(leave);
  begin(stream);
  // It comes back to another process.
  if (httpSettings(request.app).draining) stream.end();
}

function sayOfPage(call: Call, status: number): void {
  describePage(call.response);
  if (status < 300) refresh(call);
}

/**
 * What Retry-After is to a program, Refresh is to a browser (WHATWG HTML, "shared declarative refresh steps"): it comes again.
 * After a POST it goes where the resource lives that it was shown: who reloads that page sends nothing twice.
 */
function refresh(call: Call): void {
  const { response } = call;
  const after = response.getHeader('Retry-After');
  const home = response.getHeader('Content-Location');
  if (isSafe(call) && after !== undefined) response.setHeader('Refresh', String(after));
  if (!isSafe(call) && home !== undefined) response.setHeader('Refresh', `${String(after ?? 1)}; url=${String(home)}`);
}

const isSafe = ({ request }: Call): boolean => isSafeMethod(request.method);

/** RFC 9110 12.5.5; RFC 7240 2: Prefer too, also for those who sent none. */
function varyOf({ answers, prefers }: Row): string {
  const negotiated = Object.values(answers).some(({ body, content, events }) => body ?? content ?? events);
  return [...(negotiated ? ['Accept'] : []), ...(prefers ? ['Prefer'] : [])].join(', ');
}
