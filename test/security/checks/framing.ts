import { framings } from '../../fuzz/framing-messages.js';
import { check } from '../check.js';

/** What is not here may go either way; no answer is of the server's fault, which the fuzz tests hold. */
const expected: Readonly<Record<string, string>> = {
  'no HTTP': '400 malformed-request',
  TLS: '400 malformed-request',
  'HTTP/0.9': '400 malformed-request',
  'HTTP/2 preface': '400 malformed-request',
  'lower case method': '400 malformed-request',
  'unknown method': '400 malformed-request',
  'a space in the target': '400 malformed-request',
  'a NUL in the target': '400 malformed-request',
  'no Host': '400 malformed-request',
  'two Hosts': '400 malformed-request',
  'a target of two slashes': '404 not-found',
  'a target whose host is none': '200',
  CONNECT: 'closed',
  'Upgrade: h2c': '200',
  'Upgrade: websocket': '200',
  'a bare LF': '400 malformed-request',
  'a bare LF between fields': '400 malformed-request',
  'a bare CR in a field': '400 malformed-request',
  'a folded field': '400 malformed-request',
  'a space before the colon': '400 malformed-request',
  'a space before the colon of Transfer-Encoding': '400 malformed-request',
  'a NUL in a field': '400 malformed-request',
  'a header of 100 KB': '431 headers-too-large',
  'a target of 100 KB': '414 uri-too-long',
  'Content-Length twice, not the same': '400 malformed-request',
  'Content-Length as a list': '400 malformed-request',
  'Content-Length with a sign': '400 malformed-request',
  'Content-Length below zero': '400 malformed-request',
  'Content-Length that overflows': '400 malformed-request',
  'Content-Length and chunks': '400 malformed-request',
  'chunks and Content-Length': '400 malformed-request',
  'Transfer-Encoding twice': '400 malformed-body',
  'chunked, and then something': '400 malformed-request',
  'something like chunked': '400 malformed-request',
  'chunked after a vertical tab': '400 malformed-request',
  'a chunk size that is none': '400 malformed-request',
  'a chunk size with 0x': '400 malformed-request',
  'a chunk size that overflows': '400 malformed-request',
  'a chunk that is longer than its size': '400 malformed-request',
  'a bare LF after a chunk size': '400 malformed-request',
  'a LF in a chunk extension': '400 malformed-request',
  'an unknown expectation': '417 expectation-failed',
};

const shown = (text: string): string => {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\r\\n', '⏎')
    .replace('Host: HOST⏎', '')
    .replace('Content-Type: application/json⏎', '');
  return escaped.length > 90 ? `${escaped.slice(0, 90)}…` : escaped;
};

export const framingChecks = Object.entries(expected).map(([title, status], at) => {
  const message = framings[title];
  if (message === undefined) throw new Error(`There is no message "${title}".`);
  const about = {
    id: `framing-${at + 1}`,
    source: 'RFC 9112, request smuggling',
    title,
    request: shown(message),
    expected: status,
  };
  return check(about, (scene) => scene.raw(message));
});
