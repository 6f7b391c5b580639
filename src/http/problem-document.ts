import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { type Fault, type Problem } from '../problems.js';
import { challengesOfPage } from './challenge.js';
import { abandonContent } from './unread-content.js';
import { type Speech } from './contract.js';
import { speechOf } from './content-type-field.js';
import { describePage } from './html/page.js';
import { originOf } from './origin.js';
import { requestIdOf } from './exchange.js';
import { problemPage } from './problem.page.js';
import { renderXml, type XmlElement, xmlOf } from './xml-out.js';
import Negotiator from 'negotiator';

/** The shape of every refusal (RFC 9457 3.1); extension members may follow. */
export class ProblemDocument {
  @ApiProperty({ format: 'uri-reference', description: 'Leads to a page that says what to do.' }) type: string;
  @ApiProperty() title: string;
  @ApiProperty({ type: 'integer' }) status: number;
  @ApiPropertyOptional({ description: 'What was wrong with this request.' }) detail?: string;
  @ApiPropertyOptional({
    type: [Object],
    description: 'Each with `pointer` (RFC 6901, into the body), `parameter` or `header`, and `detail`.',
  })
  errors?: Fault[];
  @ApiPropertyOptional({ description: 'What the log calls this request: X-Request-Id.' }) requestId?: string;
}

/** @param requestId where the document is the answer to a request, and no part of one */
export function problemDocument(problem: Problem, origin: string, requestId?: string): ProblemDocument {
  return {
    type: `${origin}/problems/${problem.slug}`,
    title: problem.title,
    status: problem.status,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    ...problem.members,
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/**
 * Sends a refusal in XML to a caller that asked for XML, as a page to a browser, in JSON to everyone else: a problem never
 * becomes a 406.
 */
export function sendProblem(request: Request, response: Response, problem: Problem): void {
  const document = problemDocument(problem, originFor(request), requestIdOf(request));
  const form = formFor(request);
  const text = form === 'html' ? problemPage(document, problem.meaning, backFrom(request)) : written(document, form);
  for (const name of ofContent) response.removeHeader(name);
  for (const [name, value] of Object.entries(problem.headers)) response.setHeader(name, value);
  response.status(problem.status);
  response.setHeader('Content-Type', contentTypes[form]);
  if (form === 'html') {
    describePage(response);
    const challenges = challengesOfPage(problem);
    if (challenges !== undefined) response.setHeader('WWW-Authenticate', challenges);
  }
  response.setHeader('Vary', 'Accept');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  abandonContent(request, response);
  response.end(request.method === 'HEAD' ? undefined : text);
}

/** Fields that speak of the answer which was about to be sent. */
const ofContent = [
  ...['Content-Length', 'Content-Disposition', 'Content-Range', 'Content-Location', 'Accept-Ranges'],
  ...['ETag', 'Last-Modified', 'Repr-Digest', 'Retry-After', 'Preference-Applied'],
];

/** RFC 9457 B: the XML form has its own namespace. */
export function problemXml(document: ProblemDocument): XmlElement {
  const root = xmlOf('problem', document);
  return { ...root, attributes: { ...root.attributes, xmlns: 'urn:ietf:rfc:7807' } };
}

type Form = Speech | 'html';

const contentTypes: Record<Form, string> = {
  json: 'application/problem+json',
  xml: 'application/problem+xml; charset=utf-8',
  html: 'text/html; charset=utf-8',
};

const accepted: Record<Form, string[]> = {
  json: ['application/problem+json', 'application/json'],
  xml: ['application/problem+xml', 'application/xml', 'text/xml'],
  html: ['text/html'],
};

function formFor(request: Request): Form {
  const accept = request.headers.accept;
  const speech = safely(() => speechOf(request), 'json');
  if (accept === undefined || accept === '*/*') return speech;
  const types = [...accepted[speech], ...accepted[speech === 'xml' ? 'json' : 'xml'], ...accepted.html];
  const chosen = new Negotiator(request).mediaType(types) ?? '';
  const forms: Form[] = ['json', 'xml', 'html'];
  return forms.find((form) => accepted[form].includes(chosen)) ?? 'json';
}

function written(document: ProblemDocument, speech: Speech): string {
  return speech === 'xml' ? renderXml(problemXml(document)) : JSON.stringify(document);
}

/** The path of the page of ours that the request came from, so that a form can be corrected. */
function backFrom(request: Request): string | undefined {
  const { referer = '' } = request.headers;
  if (!URL.canParse(referer) || new URL(referer).origin !== originFor(request)) return undefined;
  return new URL(referer).pathname + new URL(referer).search;
}

/** A wrong Host is itself a problem that needs a document. */
const originFor = (request: Request): string => safely(() => originOf(request), '');

function safely<T>(attempt: () => T, otherwise: T): T {
  try {
    return attempt();
  } catch {
    return otherwise;
  }
}
