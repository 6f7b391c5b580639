import { parse as parseDisposition } from 'content-disposition';
import { isTypeValid, parse as parseContentType } from 'content-type';
import { Problem } from '../problems.js';
import { malformed } from './malformed.js';

/** What a part says of itself. */
export interface PartHeaders {
  name: string | undefined;
  filename: string | undefined;
  contentId: string | undefined;
  /** Undefined where the part has no Content-Type. */
  mediaType: string | undefined;
  charset: string | undefined;
}

/** `head`: the rest of the delimiter's line and the header lines (RFC 2046 5.1, RFC 5322 2.2). */
export function parsePartHeaders(head: string): PartHeaders {
  const fields = headerFields(head);
  refuseTransferEncoding(fields.get('content-transfer-encoding'));
  return {
    ...disposition(fields.get('content-disposition')),
    ...contentType(fields.get('content-type')),
    contentId: withoutBrackets(fields.get('content-id')),
  };
}

/** RFC 2045 7: a Content-ID is written in angle brackets; the `start` of multipart/related often is not. */
export function withoutBrackets(id: string | undefined): string | undefined {
  return id?.trim().replace(/^<(.*)>$/, '$1');
}

function headerFields(head: string): Map<string, string> {
  // RFC 5322 2.2.3: a line that begins with a blank goes on with the field before it.
  const [padding, ...lines] = head.replace(/\r\n(?=[ \t])/g, '').split('\r\n');
  if (padding?.trim() !== '') throw malformed('Something follows the boundary on the line of a delimiter.');
  const fields = new Map<string, string>();
  for (const line of lines) {
    const match = /^([!#$%&'*+.^_`|~\w-]+):([^\r\n\0]*)$/.exec(line);
    if (match === null) throw malformed('A header line of a part is not `name: value`.');
    const [, name = '', value = ''] = match;
    const key = name.toLowerCase();
    if (key.startsWith('content-') && fields.has(key)) throw malformed(`A part has ${name} twice.`);
    fields.set(key, value.trim());
  }
  return fields;
}

/** RFC 7578 4.7 has given it up, and nothing needs it over HTTP: bytes are sent as they are. */
function refuseTransferEncoding(encoding = 'binary'): void {
  if (/^(binary|8bit|7bit)$/i.test(encoding)) return;
  throw new Problem('unsupported-media-type', {
    detail: 'A part has a Content-Transfer-Encoding; send its bytes as they are (binary).',
  });
}

/** RFC 7578 4.2: quotes and line ends are written %22, %0D, %0A; `filename*` does not count. */
function disposition(header: string | undefined): Pick<PartHeaders, 'name' | 'filename'> {
  if (header === undefined) return { name: undefined, filename: undefined };
  const { type, parameters } = parseDisposition(header, { multipart: true, extended: false });
  return { name: type === 'form-data' ? parameters['name'] : undefined, filename: parameters['filename'] };
}

function contentType(header: string | undefined): Pick<PartHeaders, 'mediaType' | 'charset'> {
  if (header === undefined) return { mediaType: undefined, charset: undefined };
  const { type, parameters } = parseContentType(header);
  if (!isTypeValid(type)) throw malformed('The Content-Type of a part is not a media type.');
  return { mediaType: type, charset: parameters['charset']?.toLowerCase() };
}
