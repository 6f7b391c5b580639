import { formType } from '../../src/http/form-fields.js';
import { type CallOptions, formData } from './client.js';

/** A request as somebody would type it, and as it is sent. */
export interface Asked {
  method: string;
  url: string;
  headers: Record<string, string>;
  data?: string | undefined;
  file?: string | undefined;
  form?: Record<string, string> | undefined;
}

/** The line for a POSIX shell. */
export function curlOf({ method, url, headers, data, file, form }: Asked): string {
  const hasContent = data !== undefined || file !== undefined || form !== undefined;
  const implied = hasContent ? 'POST' : 'GET';
  const parts = [
    'curl -i',
    ...(method === implied ? [] : [`-X ${method}`]),
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(data === undefined ? [] : [`-d ${quoted(data)}`]),
    ...(file === undefined ? [] : [`--data-binary @${file}`]),
    ...Object.entries(form ?? {}).map(([name, value]) => `${formOption(value)} ${quoted(`${name}=${value}`)}`),
    quoted(url),
  ];
  return parts.join(' ');
}

/** What curl would send. @param bytesOf what is in a file */
export function contentOf(asked: Asked, bytesOf: (file: string) => Buffer): CallOptions {
  const { headers, data, file, form } = asked;
  if (data !== undefined) return { headers: { 'Content-Type': formType, ...headers }, body: data };
  if (file !== undefined) return { headers, body: bytesOf(file) };
  if (form === undefined) return { headers };
  const fields = Object.entries(form).map(([name, value]) => {
    if (!value.startsWith('@')) return [name, value] as const;
    const filename = value.slice(1);
    return [name, { filename, mediaType: 'image/jpeg', bytes: bytesOf(filename) }] as const;
  });
  const { contentType, body } = formData(Object.fromEntries(fields));
  return { headers: { 'Content-Type': contentType, ...headers }, body };
}

/** `-F` would take what begins with `<` for the name of a file that has the value. */
const formOption = (value: string): string => (value.startsWith('<') ? '--form-string' : '-F');

function quoted(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
