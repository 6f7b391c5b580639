/** Response header fields that a contract row may promise, as the OpenAPI document describes them. */
export const headerFields = {
  Location: 'Absolute URI of the resource that the status speaks of (RFC 9110 10.2.2).',
  'Content-Location': 'Absolute URI of the resource that the body represents (RFC 9110 8.7).',
  'Cache-Control': 'How long a cache may answer with this (RFC 9111 5.2.2).',
  ETag: 'Strong entity tag of the representation (RFC 9110 8.8.3).',
  'Retry-After': 'Seconds until it makes sense to ask again (RFC 9110 10.2.3).',
  Refresh: 'Of a page: seconds until a browser comes again, and where (WHATWG HTML).',
  Link: 'Related resources (RFC 8288).',
  'Preference-Applied': 'Which preferences of the request were honoured (RFC 7240 3).',
  Allow: 'The methods that the resource knows (RFC 9110 10.2.1).',
  'Accept-Ranges': 'bytes: ranges can be asked for (RFC 9110 14.3).',
  'Content-Range': 'Which part of the content this is (RFC 9110 14.4).',
  'Repr-Digest': 'SHA-256 of the whole content (RFC 9530).',
  'Server-Timing': 'Milliseconds that each step took (W3C Server Timing).',
  RateLimit: 'What is left of the requests that the caller may send (draft-ietf-httpapi-ratelimit-headers).',
  'RateLimit-Policy': 'How many requests in how many seconds a caller may send (the same draft).',
  'Content-Disposition': 'A file name to save the content under (RFC 6266).',
} as const;

export type HeaderName = keyof typeof headerFields;
